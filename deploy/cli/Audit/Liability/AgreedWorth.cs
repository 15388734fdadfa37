using System.Text.Json;

namespace Loyalty.Cli.Audit.Liability;

/// <summary>What a point costs its issuer in all, and what it is worth to whoever accepts it, in units of the currency.</summary>
internal sealed record AgreedWorth(string Currency, decimal Funding, decimal Redeem)
{
    private static AgreedWorth Of(JsonElement agreement)
    {
        var funding = agreement.Exact("IssuePrice");
        if (agreement.Has("Commercial") && agreement.Part("Commercial").Part("Funding").Has("Block") && agreement.Part("Commercial").Part("Funding").Part("Block") is var block && block.Has("Price"))
            funding = block.Exact("Price");
        return new(agreement.Text("Currency"), funding, agreement.Exact("RedeemPrice"));
    }

    /// <summary>Every version of every partner's agreement.</summary>
    public static async Task<AgreedWorths> All(AuditedDatabase partners, CancellationToken ct)
    {
        var all = new Dictionary<(Guid, int), AgreedWorth>();
        await foreach (var row in partners.Rows("select (data ->> 'Partner')::uuid, (data ->> 'Version')::int, data::text from mt_events where type = 'agreement-made'", ct))
        {
            using var agreement = JsonDocument.Parse(row.GetString(2));
            all[(row.GetGuid(0), row.GetInt32(1))] = Of(agreement.RootElement);
        }

        return new(all);
    }
}

/// <summary>Finds them.</summary>
internal sealed class AgreedWorths(IReadOnlyDictionary<(Guid Partner, int Version), AgreedWorth> all)
{
    /// <summary>What was told without its version was issued under the first one.</summary>
    /// <exception cref="FormatException">There is no such agreement.</exception>
    public AgreedWorth Of(Guid issuer, int version) => all.TryGetValue((issuer, Math.Max(version, 1)), out var worth)
        ? worth
        : throw new FormatException($"Points are priced by agreement {version} of partner {issuer}, which there is not.");
}
