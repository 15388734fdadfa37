using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>One side of double entry, in points.</summary>
/// <param name="Kind">Of the member: <c>member</c>, <c>reserved</c>, <c>debt</c>; of a partner: <c>issued</c>, <c>redeemed</c>, <c>breakage</c>; between two members: <c>transfer</c>.</param>
/// <param name="Partner">The partner whose ledger account it is; null for the others.</param>
/// <param name="Points">Positive into the ledger account, negative out of it.</param>
internal readonly record struct Entry(string Kind, Guid? Partner, long Points);

/// <summary>
/// Double entry, written a second time. Where a fact says the same thing twice, as the points of a redemption and those of its draws, the
/// two sides are taken from different places, so that a fact that contradicts itself does not balance.
/// </summary>
internal static class Entries
{
    public static IEnumerable<Entry> None(JsonElement fact) => [];

    public static IEnumerable<Entry> Accrued(JsonElement fact) =>
        Granted(fact).SelectMany(g => new[] { new Entry("issued", g.Issuer, -g.Points), new Entry("member", null, g.Points) });

    public static IEnumerable<Entry> Repaid(JsonElement fact) => [new("member", null, -Drawn(fact)), new("debt", null, fact.Number("Points"))];

    public static IEnumerable<Entry> Reversed(JsonElement fact) => fact.Items("Awards")
        .Select(award => (Issuer: award.Id("Issuer"), Part: award))
        .Prepend((Issuer: fact.Part("Transaction").Id("Partner"), Part: fact))
        .SelectMany(p => TakenBack(p.Issuer, p.Part.Number("Points"), p.Part.Number("Debt"), p.Part.NumberOrZero("Lapsed")));

    public static IEnumerable<Entry> Reserved(JsonElement fact) => [new("member", null, -Drawn(fact)), new("reserved", null, fact.Number("Points"))];

    public static IEnumerable<Entry> Released(JsonElement fact) => [new("reserved", null, -fact.Number("Points")), new("member", null, Drawn(fact))];

    public static IEnumerable<Entry> Redeemed(JsonElement fact) =>
    [
        new(fact.Has("Reservation") ? "reserved" : "member", null, -Drawn(fact)),
        new("redeemed", FactForms.Redeemer(fact), fact.Number("Points")),
    ];

    public static IEnumerable<Entry> Restored(JsonElement fact) =>
        [new("redeemed", FactForms.Redeemer(fact), -fact.Number("Points")), new("member", null, Drawn(fact))];

    public static IEnumerable<Entry> Expired(JsonElement fact) => fact.Items("Draws")
        .Select(draw => new Entry("breakage", draw.Part("From").Id("Issuer"), draw.Number("Points")))
        .Prepend(new("member", null, -fact.Number("Points")));

    public static IEnumerable<Entry> Sent(JsonElement fact) =>
        Passed(-Drawn(fact), fact.Number("Points"), -fact.NumberOrZero("Debt"));

    public static IEnumerable<Entry> Received(JsonElement fact) =>
        Passed(fact.Items("Lots").Sum(lot => lot.Part("As").Number("Accrued")), -fact.Number("Points"), fact.NumberOrZero("Debt"));

    public static IEnumerable<Entry> Adjusted(JsonElement fact) => fact.Number("Points") is var points && points > 0
        ? [new("issued", fact.Id("Issuer"), -points), new("member", null, points)]
        : [new("issued", fact.Id("Issuer"), -points), new("member", null, -Drawn(fact)), new("debt", null, -fact.NumberOrZero("Debt"))];

    // A debt passes the other way: who takes it over owes it.
    private static IEnumerable<Entry> Passed(long member, long points, long debt) =>
        [new("member", null, member), new("transfer", null, points), new("transfer", null, debt), new("debt", null, -debt)];

    private static IEnumerable<(Guid Issuer, long Points)> Granted(JsonElement fact) => fact.Items("Awards")
        .Select(award => (award.Id("Issuer"), award.Number("Points")))
        .Prepend((fact.Part("Transaction").Id("Partner"), fact.Number("Points")));

    private static IEnumerable<Entry> TakenBack(Guid issuer, long points, long debt, long lapsed) =>
        [new("issued", issuer, points), new("member", null, -(points - debt - lapsed)), new("debt", null, -debt), new("breakage", issuer, -lapsed)];

    private static long Drawn(JsonElement fact) => fact.Items("Draws").Sum(draw => draw.Number("Points"));
}
