using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Load;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>PointsLedger over HTTP, with everything on: tokens, tracing, the relay to RabbitMQ.</summary>
internal record LedgerOverHttp(string Key, string Title, Site Site, Ledger Ledger, LoadPlan Plan)
    : HttpContender(Key, Title, Site, Ledger.Process.Url.Port, Ledger.Process.Id, Plan)
{
    private const double Hot = 0.1;

    public override IReadOnlyList<int> Widths => [64, 128, 256];

    public static LedgerOverHttp Single(Site site, Ledger ledger) => new("single", "single postings", site, ledger, Ask(site, Request.Postings));

    /// <summary>The same under a programme with expiry, tiers and limits, and with three offers that apply to nearly every purchase.</summary>
    public static LedgerOverHttp SingleByRules(Site site, Ledger ledger) => new("single-rules", "single postings, three offers on", site, ledger, AskByRules(site, Request.Postings)) { Ruled = true };

    public static LedgerOverHttp HotAccount(Site site, Ledger ledger) =>
        new("hot", "single, 10 % on one account", site, ledger, Ask(site, Request.Postings) with { HotShare = Hot });

    public static LedgerOverHttp BalanceOfAccount(Site site, Ledger ledger) => new("balance-account", "balance by account", site, ledger, Ask(site, Request.BalanceOfAccount));

    public static LedgerOverHttp BalanceOfCard(Site site, Ledger ledger) => new("balance-card", "balance by card", site, ledger, Ask(site, Request.BalanceOfCard));

    /// <summary>Whether offers and a programme rate its purchases.</summary>
    public bool Ruled { get; init; }

    public override string? Book => Plan.Request is not (Request.Postings or Request.Lines) ? null : Ruled ? "ledger with rules" : "ledger";

    public override Task Settle() => Ledger.Settle(Site.Options.Patience);

    public override Task<long> Stored() => Ledger.Postings();

    protected static LoadPlan AskByRules(Site site, Request request) => Ask(site, request) with { Target = "ledger with rules", Offers = true };

    protected static LoadPlan Ask(Site site, Request request) => new("ledger", request, 0, "", site.Options.Accounts, 0, 0);
}

/// <summary>Postings as lines of long requests, several requests at once.</summary>
internal sealed record LedgerLines(Site Site, Ledger Ledger, string Key = "ndjson", string Title = "NDJSON lines")
    : LedgerOverHttp(Key, Title, Site, Ledger, Ask(Site, Request.Lines))
{
    public static LedgerLines ByRules(Site site, Ledger ledger) => new(site, ledger, "ndjson-rules", "NDJSON lines, three offers on")
    {
        Ruled = true, Plan = AskByRules(site, Request.Lines),
    };

    public override IReadOnlyList<int> Widths => [4, 2, 8];

    public override async Task<string?> WhyNot()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Ledger.Process.Url, "/v1/transactions"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Site.Token(Request.Lines));
        request.Content = new StringContent("", Encoding.UTF8, "application/x-ndjson");
        using var answer = await Ledger.Process.Client.SendAsync(request);
        return answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed
            ? FormattableString.Invariant($"not available (POST /v1/transactions answers {(int)answer.StatusCode})")
            : null;
    }
}
