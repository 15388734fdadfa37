using System.Runtime.CompilerServices;
using Loyalty.Cli.Audit.Clearing;
using Loyalty.Cli.Audit.Liability;
using Loyalty.Cli.Audit.Reconciling;

namespace Loyalty.Cli.Audit;

/// <summary>Which databases are audited. Only the ledger's must be there.</summary>
internal sealed record AuditedPlaces(string Ledger, string? Partners, string? Customers, string? Cards)
{
    /// <summary>Those that were named; none named: those of the coalition on this machine, from the environment.</summary>
    public static AuditedPlaces Of(string? ledger, string? partners, string? customers, string? cards)
    {
        if (ledger is not null) return new(ledger, partners, customers, cards);
        if (partners is not null || customers is not null || cards is not null)
            throw new StoppedException("Give --ledger too: everything is compared with the ledger.");
        return new(
            FromEnvironment("LEDGER") ?? throw new StoppedException("Give --ledger a connection string, or run ./loyalty audit beside a running coalition: ./loyalty up starts one."),
            FromEnvironment("PARTNERS"), FromEnvironment("CUSTOMERS"), FromEnvironment("CARDS"));
    }

    /// <summary>The connection strings of those there are; the ledger's is the last.</summary>
    public IReadOnlyDictionary<string, string> ByService()
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (service, place) in new[] { ("partners", Partners), ("customers", Customers), ("cards", Cards), ("ledger", Ledger) })
        {
            if (place is not null) places[service] = place;
        }

        return places;
    }

    private static string? FromEnvironment(string service) =>
        Environment.GetEnvironmentVariable($"LOYALTY_{service}_DATABASE") is { Length: > 0 } value ? value : null;
}

/// <summary>All checks, in the order in which they are made.</summary>
internal static class Audits
{
    public static async IAsyncEnumerable<IReadOnlyList<Check>> Of(AuditedPlaces audited, TimeSpan patience, [EnumeratorCancellation] CancellationToken ct)
    {
        var places = audited.ByService();
        var marks = await Deliveries.Marks(places, patience, ct);
        var databases = new Dictionary<string, AuditedDatabase>(StringComparer.Ordinal);
        try
        {
            // The ledger last: whatever of it took effect elsewhere can then be seen in it.
            foreach (var (service, place) in places) databases[service] = await AuditedDatabase.Open(service, place, ct);
            var (ledger, all) = (databases["ledger"], databases.Values.ToList());
            HeldPoints? held = null;
            yield return await Timed.Run(async () =>
            {
                if (databases.TryGetValue("partners", out var books)) held = await HeldPoints.Open(ledger, books, ct);
                var checks = await LedgerPass.Run(ledger, held, ct);
                await StoredTypes.Look(databases, checks.Single(c => c.Number == 17), ct);
                return checks;
            });
            yield return await Timed.Run(() => Streams.Versions(all, ct));
            yield return await Timed.Run(() => Transactions.Record(ledger, ct));
            yield return await Timed.Run(() => Transactions.Received(ledger, ct));
            yield return await Timed.Run(() => Streams.Causes(all, ct));
            yield return await Timed.Run(() => SignedLog.Compare(all, ct));
            if (databases.Count > 1) yield return await Timed.Run(() => Deliveries.Once(databases, places, marks, ct));
            if (!databases.TryGetValue("partners", out var partners)) yield break;
            yield return await Timed.Run(() => Settlement.Compare(ledger, partners, marks["ledger"], ct));
            yield return await Timed.Run(() => ClearingPass.Run(partners, ct));
            yield return await Timed.Run(() => InstructedPayments.Run(partners, ct));
            yield return await Timed.Run(() => TwoPeople.Run(partners, ct));
            yield return await Timed.Run(() => PrepaidAccounts.Run(partners, ledger, places["partners"], ct));
            yield return await Timed.Run(() => held!.Compare(partners, ct));
            yield return await Timed.Run(() => ClosedPeriods.Run(partners, ct));
            yield return await Timed.Run(() => Reconciliations.Run(ledger, partners, ct));
            yield return await Timed.Run(() => CorrectingPostings.Run(ledger, partners, places["partners"], ct));
        }
        finally
        {
            foreach (var database in databases.Values) await database.DisposeAsync();
        }
    }
}
