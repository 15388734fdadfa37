using Loyalty.CoalitionPartners.Domain;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Tests.Domain;

internal static class Given
{
    public static readonly Currency Euro = Currency.From("EUR");
    public static readonly DateTimeOffset Noon = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);
    public static readonly PartnerId Grocery = Partner.IdOf("GROCERY");

    public static Partner Nobody => Partner.Initial(Grocery.Value);

    public static Partner Admitted(params Store[] stores) =>
        Nobody.When(new PartnerAdmitted(Grocery, "GROCERY", "Grocery", Euro, stores, Noon));

    public static Partner Agreeing(this Partner partner, Terms terms) => partner.Fold(partner.Agree(terms, Noon).Facts());

    public static IReadOnlyList<TFact> Facts<TFact>(this Decision<TFact> decision) where TFact : notnull =>
        decision.ShouldBeOfType<Decision<TFact>.Accepted>().Events;

    public static string Refusal<TFact>(this Decision<TFact> decision) where TFact : notnull =>
        decision.ShouldBeOfType<Decision<TFact>.Refused>().Refusal.Code;
}
