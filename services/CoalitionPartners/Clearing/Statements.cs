using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Clearing;

internal sealed record FoundStatement(CycleFigures Figures, Statement Statement, PartnerName Name);

/// <summary>Finds a partner's statement of a cycle.</summary>
internal sealed class Statements(ClearingReader reader, ClearingBooks books, TimeProvider clock)
{
    /// <summary>The statement; null where there is none, and where it is not the caller's.</summary>
    /// <param name="caller">The partner that asks; null for an operator.</param>
    public async Task<FoundStatement?> Find(string cycle, PartnerId partner, PartnerId? caller, CancellationToken ct)
    {
        if ((caller is { } own && own != partner) || await reader.Find(cycle, clock.GetUtcNow(), ct) is not { } row)
            return null;
        var figures = await books.Of(row, ct);
        return figures.Currencies.SelectMany(c => c.Statements).FirstOrDefault(s => s.Partner == partner) is { } statement
            ? new(figures, statement, (await reader.Names(ct))[partner])
            : null;
    }
}
