using System.Text.Json;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Shouldly;

namespace Loyalty.PointsLedger.Tests.Domain;

/// <summary>A member with an account and one active card, two partners, and short words for what happens to them.</summary>
internal static class Given
{
    public const string AnnasCard = "6276480000000014";
    public const string Store = "main";

    public static readonly Currency Euro = Currency.From("EUR");
    public static readonly PartnerId Grocery = new(Guid.Parse("11111111-1111-4111-8111-111111111111"));
    public static readonly PartnerId Fuel = new(Guid.Parse("22222222-2222-4222-8222-222222222222"));
    public static readonly AccountId AnnasAccount = new(Guid.Parse("33333333-3333-4333-8333-333333333333"));
    public static readonly CardId AnnasCardId = new(Guid.Parse("44444444-4444-4444-8444-444444444444"));
    public static readonly DateTimeOffset Noon = new(2017, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly Terms OnePerEuro = new(1, Euro, 1m);

    public static Account Anna { get; } = Account.Initial(AnnasAccount.Value).Fold(
    [
        new AccountOpened(new MemberId(AnnasAccount.Value), Noon, Noon),
        new CardLinked(AnnasCardId, AnnasCard, 3, Noon, Noon),
    ]);

    public static Transaction By(PartnerId partner, string id, DateTimeOffset? at = null) => new(partner, TransactionId.From(id), at ?? Noon, at ?? Noon);

    public static Money Eur(decimal amount) => Money.Rounded(amount, Euro);

    public static Points P(long points) => new(points);

    public static Account Accrued(this Account account, string id, decimal amount, DateTimeOffset? expires = null, PartnerId? partner = null) =>
        account.Fold(account.Accrue(By(partner ?? Grocery, id), Store, AnnasCard, Eur(amount), OnePerEuro).Facts()
            .Select(fact => fact is PointsAccrued accrued ? accrued with { ExpiresAt = expires } : fact));

    public static Account After(this Account account, Decision<IAccountFact> decision) => account.Fold(decision.Facts());

    public static Account Redeemed(this Account account, string id, long points) =>
        account.After(account.Redeem(By(Fuel, id), Store, AnnasCard, P(points), 1));

    public static Account Reserved(this Account account, string id, long points) =>
        account.After(account.Reserve(By(Fuel, id), Store, AnnasCard, P(points), 1));

    public static IReadOnlyList<IAccountFact> Facts(this Decision<IAccountFact> decision) =>
        decision.ShouldBeOfType<Decision<IAccountFact>.Accepted>().Events;

    public static TFact Only<TFact>(this Decision<IAccountFact> decision) => decision.Facts().ShouldHaveSingleItem().ShouldBeOfType<TFact>();

    public static void ShouldBeRefused(this Decision<IAccountFact> decision, string code) =>
        decision.ShouldBeOfType<Decision<IAccountFact>.Refused>().Refusal.Code.ShouldBe(code);

    public static Points Balance(this Account account) => account.Balance(Noon);

    /// <summary>States hold collections, so they are compared as they would be stored.</summary>
    public static string Stored(this Account account) => JsonSerializer.Serialize(account);
}
