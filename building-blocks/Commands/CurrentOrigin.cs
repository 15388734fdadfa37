using Loyalty.EventStore;

namespace Loyalty.Commands;

/// <summary>Who is asking within this scope. Set it before the first command is sent; everything the scope stores names it.</summary>
public sealed class CurrentOrigin
{
    private Origin? origin;

    /// <summary>Who is asking.</summary>
    public Origin Origin
    {
        get => origin ?? throw new InvalidOperationException("Nobody has said who is asking: set CurrentOrigin.Origin before sending a command.");
        set => origin = value;
    }
}
