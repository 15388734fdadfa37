using MediatR;

namespace Loyalty.Commands;

/// <summary>Something a caller wants done. Named in the imperative: <c>RecordPurchase</c>.</summary>
/// <typeparam name="TAnswer">What an accepted command answers.</typeparam>
#pragma warning disable CA1040 // MediatR dispatches on the type; there is nothing to declare.
public interface ICommand<TAnswer> : IRequest<Outcome<TAnswer>>;
#pragma warning restore CA1040

/// <summary>
/// A command that takes effect once for ever, however often it is sent. The first outcome is kept under (scope, key): the same
/// payload gets it again, another payload is refused with <c>transaction-differs</c>.
/// </summary>
/// <remarks>
/// The payload is the System.Text.Json of the command itself, so a command's name and its property names are storage format.
/// Facts that the server adds and that may differ when the request is repeated (time of receipt, the caller's scopes) carry
/// <c>[JsonIgnore]</c>.
/// </remarks>
public interface IExactlyOnce
{
    /// <summary>Within what the key is unique: the partner, usually.</summary>
    Guid Scope { get; }

    /// <summary>The caller's own id for this request.</summary>
    string Key { get; }
}
