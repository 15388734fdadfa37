using Microsoft.AspNetCore.Builder;

namespace Loyalty.ServiceDefaults;

/// <summary>Says who may call an endpoint.</summary>
public static class Scopes
{
    internal const string Claim = "scope";

    /// <summary>Lets in callers whose token carries the scope, or any one of several.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, params string[] anyOf) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new RequiredScopes(anyOf));
}

/// <summary>The scopes of which a caller needs one.</summary>
internal sealed record RequiredScopes(IReadOnlyList<string> AnyOf)
{
    public bool Permit(Caller caller)
    {
        foreach (var scope in AnyOf)
        {
            if (caller.Has(scope))
                return true;
        }

        return false;
    }
}
