namespace Loyalty.CoalitionPartners.Domain.Documents;

/// <summary>The life of points, in an offer as in the programme: when they can be spent, and when they lapse.</summary>
internal static class LifeRules
{
    public static IEnumerable<DocumentFault> Activation(Part activation)
    {
        if (activation["days"].IsThere && activation["on"].IsThere)
            yield return activation.Fault("Points become spendable once. Send days or on, not both.");
    }

    public static IEnumerable<DocumentFault> Expiry(Part expiry)
    {
        var (kind, months, on) = (expiry["kind"].Text, expiry["months"], expiry["on"]);
        var counted = kind is "rolling" or "end-of-month" or "activity";
        if (counted && !months.IsThere)
            yield return months.Fault($"Expiry of the kind '{kind}' is counted in months. Send 1 to 120.");
        if (kind is "never" or "fixed" && months.IsThere)
            yield return months.Fault($"Expiry of the kind '{kind}' has no months. Leave them out, or send another kind.");
        if (kind == "fixed" && !on.IsThere)
            yield return on.Fault("Expiry of the kind 'fixed' is at an instant. Send it.");
        if ((counted || kind == "never") && on.IsThere)
            yield return on.Fault($"Expiry of the kind '{kind}' has no instant of its own. Leave it out, or send the kind 'fixed'.");
    }
}
