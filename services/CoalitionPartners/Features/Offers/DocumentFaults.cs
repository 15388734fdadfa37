using FluentValidation;
using FluentValidation.Results;
using Loyalty.CoalitionPartners.Domain.Documents;
using Loyalty.Commands;

namespace Loyalty.CoalitionPartners.Features.Offers;

/// <summary>Faults of documents as the service answers them.</summary>
internal static class DocumentFaults
{
    // Whoever sends a thousand faults has sent another kind of document; the first of them say so.
    private const int Most = 100;

    public static Fault AsFault(this DocumentFault fault) => new(fault.Path, fault.Sentence, fault.Malformed);

    /// <param name="at">Where the document stands in the request; nothing where it is the request.</param>
    public static void AddFaults<T>(this ValidationContext<T> context, IEnumerable<DocumentFault> faults, string at = "")
    {
        foreach (var fault in faults.Take(Most))
        {
            var path = string.Join('.', new[] { at, fault.Path }.Where(p => p.Length > 0));
            context.AddFailure(new ValidationFailure(path.Length > 0 ? path : "$", fault.Sentence) { ErrorCode = fault.Malformed ? Fault.MalformedCode : null });
        }
    }
}
