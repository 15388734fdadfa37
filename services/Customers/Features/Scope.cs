namespace Loyalty.Customers.Features;

/// <summary>What a token must permit.</summary>
internal static class Scope
{
    public const string ManageCustomers = "customers.manage";
}
