using System.Net;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class TerminalsOverHttp(TheService service)
{
    [Fact]
    public async Task are_registered_once_listed_and_retired()
    {
        var (partner, _) = await service.Admit();
        var path = $"/v1/partners/{partner}/stores/S1/terminals";
        var first = await service.Post(path, new { code = "T1", name = "By the door" });
        var again = await service.Post(path, new { code = "T1", name = "By the door" });
        var retired = await service.Send(new(HttpMethod.Post, path + "/T1/retirement"));

        first.Status.ShouldBe(HttpStatusCode.Created, first.Text);
        again.Text.ShouldBe(first.Text);
        retired.Status.ShouldBe(HttpStatusCode.OK, retired.Text);
        (await service.Send(new(HttpMethod.Post, path + "/T1/retirement"))).Text.ShouldBe(retired.Text);
        (await service.Post(path, new { code = "T1", name = "By the door" })).Problem.ShouldBe("terminal-code-taken");
        var listed = (await service.Get(path)).Body.GetProperty("terminals");
        listed.GetArrayLength().ShouldBe(1);
        listed[0].GetProperty("retiredAt").GetDateTimeOffset().ShouldBe(retired.Body.GetProperty("retiredAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task are_their_partners_only()
    {
        var (own, _) = await service.Admit();
        var (other, _) = await service.Admit();
        var token = await service.PartnerToken(own, "settlement.read");

        (await service.Get($"/v1/partners/{own}/stores/S1/terminals", token)).Status.ShouldBe(HttpStatusCode.OK);
        (await service.Get($"/v1/partners/{other}/stores/S1/terminals", token)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Post($"/v1/partners/{own}/stores/S1/terminals", new { code = "T1", name = "One" }, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task are_refused_where_there_is_no_store_and_under_codes_that_are_none()
    {
        var (partner, _) = await service.Admit();

        (await service.Post($"/v1/partners/{partner}/stores/S9/terminals", new { code = "T1", name = "One" })).Problem.ShouldBe("store-unknown");
        (await service.Get($"/v1/partners/{partner}/stores/S9/terminals")).Problem.ShouldBe("store-unknown");
        (await service.Post($"/v1/partners/{Guid.NewGuid()}/stores/S1/terminals", new { code = "T1", name = "One" })).Problem.ShouldBe("partner-unknown");
        (await service.Send(new(HttpMethod.Post, $"/v1/partners/{partner}/stores/S1/terminals/T9/retirement"))).Problem.ShouldBe("terminal-unknown");
        (await service.Post($"/v1/partners/{partner}/stores/S1/terminals", new { code = "a b", name = "One" })).Problem.ShouldBe("invalid-request");
    }
}
