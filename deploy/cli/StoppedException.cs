namespace Loyalty.Cli;

/// <summary>The command can't go on; the message is a sentence for the person who started it.</summary>
internal sealed class StoppedException(string message, Exception? cause = null) : Exception(message, cause);
