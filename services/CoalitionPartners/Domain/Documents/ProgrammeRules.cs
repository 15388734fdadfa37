namespace Loyalty.CoalitionPartners.Domain.Documents;

/// <summary>What the programme's parts must have to do with each other. What each may be by itself is in the published schema.</summary>
internal static class ProgrammeRules
{
    private static readonly string[] Thresholds = ["points", "spend", "visits", "partners"];

    public static IEnumerable<DocumentFault> Faults(Part programme) =>
    [
        .. Zone(programme["timeZone"]), .. LifeRules.Activation(programme["activation"]), .. LifeRules.Expiry(programme["expiry"]),
        .. Transfers(programme["transfers"]), .. Limits(programme["limits"]), .. Tiers(programme["tiers"]), .. Window(programme),
    ];

    private static IEnumerable<DocumentFault> Zone(Part zone)
    {
        if (zone.Text is { } id && !TimeZones.IsKnown(id))
            yield return zone.Fault(TimeZones.Sentence);
    }

    private static IEnumerable<DocumentFault> Transfers(Part transfers)
    {
        if (transfers["mostPerMonth"].Number < transfers["mostPerTransfer"].Number)
            yield return transfers["mostPerMonth"].Fault("A month holds at least one transfer. Send no less than mostPerTransfer.");
    }

    private static IEnumerable<DocumentFault> Limits(Part limits)
    {
        foreach (var limit in limits.Items.Where(l => !l.Those("count", "points").Any()))
            yield return limit.Fault("A limit without a number limits nothing. Send count, points or both.");
        foreach (var repeated in OfferRules.Repeated(limits.Items, limit => limit["id"].Text))
            yield return repeated["id"].Fault("There is a limit with this id already. Choose another id.");
    }

    private static IEnumerable<DocumentFault> Tiers(Part tiers)
    {
        var all = tiers.Items.ToList();
        foreach (var tier in all.Where(t => !t.Those(Thresholds).Any()))
            yield return tier.Fault("Nothing leads to this tier. Send at least one of points, spend, visits and partners.");
        foreach (var repeated in OfferRules.Repeated(all, tier => tier["id"].Text))
            yield return repeated["id"].Fault("There is a tier with this id already. Choose another id.");
        foreach (var (lower, higher) in all.Zip(all.Skip(1)))
        {
            foreach (var threshold in Thresholds.Where(t => lower[t].IsThere && !(higher[t].Number >= lower[t].Number)))
                yield return higher[threshold].Fault("Whoever is in a tier is past those below it. Send no less than the tier before has.");
            if (Thresholds.All(t => higher[t].Number == lower[t].Number))
                yield return higher.Fault("This tier is reached together with the one before. Raise one of its thresholds.");
        }
    }

    private static IEnumerable<DocumentFault> Window(Part programme)
    {
        var (window, hasTiers) = (programme["tierWindow"], programme["tiers"].Items.Any());
        if (hasTiers && !window.IsThere)
            yield return window.Fault("Tiers are reckoned over a window. Send one.");
        if (!hasTiers && window.IsThere)
            yield return window.Fault("There are no tiers to reckon. Leave the window out, or send tiers.");
        if (window["kind"].Text == "rolling" && !window["months"].IsThere)
            yield return window["months"].Fault("A rolling window is counted in months. Send 1 to 24.");
        if (window["kind"].Text == "calendar" && window["months"].IsThere)
            yield return window["months"].Fault("A calendar window is a year. Leave months out, or send the kind 'rolling'.");
    }
}
