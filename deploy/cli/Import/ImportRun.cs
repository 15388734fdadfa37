using System.Diagnostics;
using System.Globalization;
using Loyalty.Cli.Api;
using Spectre.Console;

namespace Loyalty.Cli.Import;

/// <summary>One run of the import, from the files to the totals.</summary>
internal sealed class ImportRun(Addresses addresses)
{
    private static readonly TimeSpan SettlementFollowsWithin = TimeSpan.FromMinutes(10);

    public async Task Run(string folder, int? households, int concurrency, string? json, CancellationToken ct)
    {
        var journey = CompleteJourney.Read(folder);
        if (households is { } limit)
            journey = journey.Only(limit);
        var codes = new Codes(journey.Departments);
        using var coalition = new Coalition(addresses);
        var started = Stopwatch.GetTimestamp();

        Report? report = null;
        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(async progress =>
            {
                var (prepared, postings) = await Prepare(coalition, journey, codes, concurrency, progress, ct);
                var purchases = progress.AddTask($"{journey.Baskets.Count} purchases", maxValue: Math.Max(1, journey.Baskets.Count));
                var posting = await postings.PostPurchases(() => purchases.Increment(1), ct);
                var coupons = progress.AddTask($"{journey.Coupons.Count} coupons", maxValue: Math.Max(1, journey.Coupons.Count));
                await postings.RedeemCoupons(() => coupons.Increment(1), ct);
                var settlement = await Settled(coalition, codes, postings.Tally, progress, ct);
                var sum = await SumOfBalances(coalition, prepared, concurrency, progress, ct);
                report = Totals(journey, postings.Tally, settlement, codes, sum, posting, Stopwatch.GetElapsedTime(started), coalition.Transport.Repeats);
            });

        ReportTables.Print(report!);
        if (json is not null)
        {
            await report!.Save(json, ct);
            AnsiConsole.MarkupLineInterpolated($"The same totals are in {json}.");
        }

        if (report!.NetOfAll != 0m)
            throw new StoppedException("The settlement does not net to zero. Nothing of this is right until it does.");
    }

    private static async Task<(Prepared Prepared, Postings Postings)> Prepare(
        Coalition coalition, CompleteJourney journey, Codes codes, int concurrency, ProgressContext progress, CancellationToken ct)
    {
        var run = "import-" + DateTimeOffset.UtcNow.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);
        var preparation = new Preparation(coalition, journey, codes, concurrency);
        var count = journey.Households.Count;

        var partners = progress.AddTask($"{journey.Departments.Count} partners", maxValue: journey.Departments.Count);
        var tills = await preparation.AdmitPartners(run, () => partners.Increment(1), ct);
        var members = progress.AddTask($"{count} households", maxValue: count);
        var cards = await preparation.EnrolHouseholds(() => members.Increment(1), ct);

        var prepared = new Prepared(tills, cards);
        return (prepared, new Postings(journey, prepared, codes, concurrency));
    }

    /// <summary>The settlement once it holds at least what the ledger has answered to us.</summary>
    private static async Task<Settlement> Settled(Coalition coalition, Codes codes, Tally tally, ProgressContext progress, CancellationToken ct)
    {
        var accrued = tally.Partners.ToDictionary(partner => codes[partner.Partner], partner => (partner.PointsAccrued, partner.PointsRedeemed));
        var expected = accrued.Values.Sum(points => points.PointsAccrued + points.PointsRedeemed);
        var task = progress.AddTask("settlement follows", maxValue: Math.Max(1, expected));
        var settlement = await Eventually.Settles(async () =>
        {
            var view = await coalition.Partners.Settlement(ct);
            task.Value = view.PointsOf(accrued.Keys);
            return view;
        }, view => view.Covers(accrued), SettlementFollowsWithin, ct);
        return settlement.Covers(accrued)
            ? settlement
            : throw new StoppedException("The settlement has not caught up with the ledger. Look at './loyalty logs' of coalition-partners and './loyalty errors'.");
    }

    private static async Task<long> SumOfBalances(Coalition coalition, Prepared prepared, int concurrency, ProgressContext progress, CancellationToken ct)
    {
        var task = progress.AddTask("balances", maxValue: Math.Max(1, prepared.CardOf.Count));
        var sum = 0L;
        await Parallel.ForEachAsync(prepared.CardOf.Values, new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = ct }, async (card, token) =>
        {
            var balance = await coalition.Accounts.Balance(card, token);
            Interlocked.Add(ref sum, balance.Points);
            task.Increment(1);
        });
        return sum;
    }

    private static Report Totals(
        CompleteJourney journey, Tally tally, Settlement settlement, Codes codes, long balances, TimeSpan posting, TimeSpan total, long repeats)
    {
        var partners = tally.Partners;
        var ours = journey.Departments.Select(department => codes[department]).ToHashSet();
        return new Report(
            journey.Households.Count, journey.Stores.Values.SelectMany(stores => stores).Distinct().Count(),
            partners.Sum(partner => partner.Purchases), partners.Sum(partner => partner.Amount),
            partners.Sum(partner => partner.PointsAccrued), partners.Sum(partner => partner.PointsRedeemed),
            partners.Sum(partner => partner.Redemptions), tally.RefusedRedemptions, balances, partners,
            [.. settlement.Lines.Where(line => ours.Contains(line.Partner))], [.. settlement.Coalition.Where(line => line.Currency == Preparation.Currency)],
            settlement.NetOfAll(Preparation.Currency), Math.Round(total.TotalSeconds, 1), Math.Round(journey.Baskets.Count / posting.TotalSeconds, 1), repeats);
    }
}
