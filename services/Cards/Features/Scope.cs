namespace Loyalty.Cards.Features;

/// <summary>What a token must permit.</summary>
internal static class Scope
{
    public const string ManageCards = "cards.manage";
}
