namespace Loyalty.CoalitionPartners.Domain.Documents;

/// <summary>What an offer's parts must have to do with each other. What each may be by itself is in the published schema.</summary>
internal static class OfferRules
{
    private static readonly string[] Grants = ["pointsPerUnit", "multiplier", "points"];

    public static IEnumerable<DocumentFault> Faults(Part offer) =>
    [
        .. Period(offer), .. Conditions(offer["when"]), .. Grant(offer), .. Caps(offer["caps"]), .. Shares(offer["fundedBy"]),
        .. LifeRules.Activation(offer["activation"]), .. LifeRules.Expiry(offer["expiry"]), .. Life(offer),
    ];

    /// <summary>Where an offer names partners.</summary>
    public static IEnumerable<Part> Partners(Part offer) =>
        offer["when"]["partners"].Items.Concat(offer["fundedBy"].Items.Select(share => share["partnerId"])).Where(p => p.Id is not null);

    /// <summary>What an offer names that isn't there: partners nobody has admitted, and stores that none of its partners has.</summary>
    public static IEnumerable<DocumentFault> Strangers(Part offer, IReadOnlyDictionary<Guid, Partner> partners)
    {
        foreach (var stranger in Partners(offer).Where(p => partners[p.Id!.Value].Admission is null))
            yield return stranger.Fault("There is no such partner. Admit it first, or check the id.");

        var stores = offer["when"]["partners"].Items.Where(p => p.Id is not null)
            .SelectMany(p => partners[p.Id!.Value].Stores()).Select(s => s.Code).ToHashSet(StringComparer.Ordinal);
        foreach (var stranger in offer["when"]["stores"].Items.Where(s => s.Text is { } code && !stores.Contains(code)))
            yield return stranger.Fault("None of the partners under when.partners has such a store. Open it first, or check the code.");
    }

    private static IEnumerable<DocumentFault> Period(Part offer)
    {
        if (offer["until"].Time <= offer["from"].Time)
            yield return offer["until"].Fault("An offer ends after it begins. Send an until that is later than from.");
        if (offer["group"].IsThere && offer["kind"].Text == "base")
            yield return offer["group"].Fault("Only bonuses stand in groups: of base rates the first by priority wins. Leave group out.");
    }

    private static IEnumerable<DocumentFault> Conditions(Part when)
    {
        if (when["spendBelow"].Number <= when["spendFrom"].Number)
            yield return when["spendBelow"].Fault("Nothing comes to at least spendFrom and to less than this. Send a spendBelow that is larger than spendFrom.");
        if (when["stores"].Items.Any() && !when["partners"].Items.Any())
            yield return when["stores"].Fault("A store's code means something within its partner only. Name the partner under when.partners.");
        if (when["newAtPartner"].IsTrue && when["repeatWithinDays"].IsThere)
            yield return when["repeatWithinDays"].Fault("A first purchase at a partner repeats none. Leave this or newAtPartner out.");
        if (when["newAtPartner"].IsTrue && when["nth"].IsThere)
            yield return when["nth"].Fault("newAtPartner says already that the purchase is the first. Leave one of them out.");
    }

    private static IEnumerable<DocumentFault> Grant(Part offer)
    {
        var give = offer["give"];
        if (give.IsThere && give.Those([.. Grants, "steps"]).Count() != 1)
            yield return give.Fault("An offer grants one thing. Send exactly one of pointsPerUnit, multiplier, points and steps.");

        var steps = give["steps"].Items.ToList();
        foreach (var step in steps.Where(s => s.Those(Grants).Count() != 1))
            yield return step.Fault("A step grants one thing. Send exactly one of pointsPerUnit, multiplier and points.");
        foreach (var (lower, higher) in steps.Zip(steps.Skip(1)))
        {
            if (higher["spendFrom"].Number <= lower["spendFrom"].Number)
                yield return higher["spendFrom"].Fault("Steps ascend. Send a spendFrom that is larger than that of the step before.");
        }

        if (offer["kind"].Text != "base")
            yield break;
        foreach (var multiplied in steps.Prepend(give).SelectMany(g => g.Those("multiplier")))
            yield return multiplied.Fault("Only a bonus multiplies: it needs base points to do so. Send pointsPerUnit or points, or make the offer a bonus.");
    }

    private static IEnumerable<DocumentFault> Caps(Part caps)
    {
        foreach (var cap in caps.Items.Where(c => !c.Those("times", "points").Any()))
            yield return cap.Fault("A cap without a number limits nothing. Send times, points or both.");
        foreach (var repeated in Repeated(caps.Items, cap => cap["per"].Text))
            yield return repeated["per"].Fault("There is a cap for this period already. Send times and points in one.");
    }

    private static IEnumerable<DocumentFault> Shares(Part shares)
    {
        foreach (var repeated in Repeated(shares.Items, share => share["partnerId"].Id))
            yield return repeated["partnerId"].Fault("This partner has a share already. Send one share for each partner.");
        var percent = shares.Items.Select(s => s["percent"].Number).ToList();
        if (percent.Count > 0 && percent.All(p => p is >= 1 and <= 100) && percent.Sum() != 100)
            yield return shares.Fault(FormattableString.Invariant($"The shares add up to {percent.Sum()}. Send shares that add up to 100."));
    }

    private static IEnumerable<DocumentFault> Life(Part offer)
    {
        var gone = offer["expiry"]["on"];
        if (gone.Time <= offer["until"].Time)
            yield return gone.Fault("Points granted at the end of the offer would be gone already. Send a time after until.");
        else if (gone.Time <= offer["from"].Time)
            yield return gone.Fault("Points would be gone before the offer begins. Send a time after from.");
    }

    /// <summary>The parts that say what a part before them says.</summary>
    public static IEnumerable<Part> Repeated<TKey>(IEnumerable<Part> parts, Func<Part, TKey?> key)
    {
        var seen = new HashSet<TKey>();
        return parts.Where(p => key(p) is { } own && !seen.Add(own));
    }
}
