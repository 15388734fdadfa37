using Loyalty.Customers.Domain;
using Loyalty.Customers.Views;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.Customers.Features;

internal static class ReadingMembers
{
    public static void MapReadMember(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/members/{memberId:guid}", async (Guid memberId, HttpContext http, Members members, CancellationToken ct) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return await members.Find(new MemberId(memberId), ct) is { } member ? Results.Ok(member) : Refusals.MemberUnknown.ToHttp();
        })
        .RequireScope(Scope.ManageCustomers)
        .Produces<MemberView>()
        .WithSummary("Read a member")
        .WithDescription("The profile, the consents per channel, and how active the member is. An erased member is not found.");
}
