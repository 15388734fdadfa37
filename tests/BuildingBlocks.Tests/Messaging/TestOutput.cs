using Microsoft.Extensions.Logging;

namespace Loyalty.BuildingBlocks.Tests.Messaging;

/// <summary>Shows in the test's output what the services log.</summary>
internal sealed class TestOutput(string service) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Xunit.TestContext.Current.SendDiagnosticMessage($"{service}: {formatter(state, exception)} {exception?.Message}");

    public void Dispose()
    {
    }
}
