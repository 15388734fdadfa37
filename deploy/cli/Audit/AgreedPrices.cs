using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>What a point costs by an agreement, reckoned from its stored form by the audit's own rules.</summary>
internal sealed class AgreedPrices
{
    private readonly decimal issue;
    private readonly decimal redeem;
    private readonly decimal later;
    private readonly decimal givenBack;
    private readonly bool prepaid;
    private readonly Dictionary<string, (decimal? Issue, decimal? Redeem)> stores = new(StringComparer.Ordinal);

    private AgreedPrices(JsonElement agreement)
    {
        Currency = agreement.Text("Currency");
        (issue, redeem) = (agreement.Exact("IssuePrice"), agreement.Exact("RedeemPrice"));
        if (!agreement.Has("Commercial")) return;
        var commercial = agreement.Part("Commercial");
        var funding = commercial.Part("Funding");
        prepaid = funding.Has("Block");
        later = funding.Has("ShareAtIssue") ? issue * (1 - funding.Exact("ShareAtIssue")) : 0;
        if (commercial.Text("Breakage") == "issuer")
            givenBack = prepaid && funding.Part("Block").Has("Price") ? funding.Part("Block").Exact("Price") : issue - later;
        foreach (var group in commercial.Items("StorePrices"))
        {
            foreach (var store in group.Items("Stores"))
                stores[store.GetString()!] = (group.Has("IssuePrice") ? group.Exact("IssuePrice") : null, group.Has("RedeemPrice") ? group.Exact("RedeemPrice") : null);
        }
    }

    public string Currency { get; }

    public static AgreedPrices Of(string agreement)
    {
        using var document = JsonDocument.Parse(agreement);
        return new(document.RootElement);
    }

    /// <summary>What a part of a ledger's event comes to by these terms; null where nothing is due.</summary>
    public (SettledPart Part, decimal Price)? Of(ToldPart told)
    {
        var here = told.Store is { } store ? stores.GetValueOrDefault(store) : default;
        return told.Part.Plain switch
        {
            "issue" when prepaid => (told.Part with { Kind = "prepaid-" + told.Part.Kind }, 0),
            "issue" => (told.Part, (here.Issue ?? issue) - later),
            "acceptance" => (told.Part, here.Redeem ?? redeem),
            "funding" => later > 0 ? (told.Part, later) : null,
            "breakage" => (told.Part, givenBack),
            var kind => throw new InvalidOperationException($"Nobody knows what {kind} costs."),
        };
    }
}
