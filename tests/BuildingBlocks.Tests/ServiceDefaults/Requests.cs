using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loyalty.ServiceDefaults;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.ServiceDefaults;

public sealed class Requests(TinyService service) : IClassFixture<TinyService>
{
    [Fact]
    public async Task pages_follow_each_other_to_the_end()
    {
        var seen = new List<int>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await service.Client.GetFromJsonAsync<Page<int>>(new Uri($"/v1/things?limit=3{cursor}", UriKind.Relative), JsonSerializerOptions.Web);
            seen.AddRange(page!.Items);
            cursor = page.Next is null ? null : "&cursor=" + page.Next;
        }
        seen.ShouldBe([1, 2, 3, 4, 5, 6, 7]);
    }

    [Theory]
    [InlineData("limit=-1")]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=1000000000")]
    [InlineData("limit=99999999999999999999")]
    [InlineData("limit=ten")]
    [InlineData("cursor=forged")]
    [InlineData("cursor=!!!")]
    [InlineData("cursor=eyJudW1iZXIiOiJ4In0")]
    [InlineData("cursor=eyJvdGhlciI6MX0")]
    [InlineData("cursor=' OR 1=1--")]
    public async Task a_page_that_cannot_be_is_400(string query)
    {
        using var answer = await service.Client.GetAsync(new Uri("/v1/things?" + query, UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task an_answer_the_caller_has_is_304()
    {
        var address = new Uri($"/v1/things/{Guid.NewGuid()}", UriKind.Relative);
        using var first = await service.Client.GetAsync(address);
        first.Headers.ETag!.Tag.ShouldBe("\"7\"");
        using var again = new HttpRequestMessage(HttpMethod.Get, address);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag);
        (await service.Client.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var stale = new HttpRequestMessage(HttpMethod.Get, address);
        stale.Headers.IfNoneMatch.Add(new("\"6\""));
        (await service.Client.SendAsync(stale)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("till-1:0001", null, 200)]
    [InlineData(null, "till-1:0001", 200)]
    [InlineData("a", "a", 200)]
    [InlineData("a", "b", 400)]
    [InlineData(null, null, 400)]
    [InlineData(null, "", 400)]
    [InlineData(null, "a ", 400)]
    [InlineData(null, "é", 400)]
    [InlineData(null, "a\u0301", 400)]
    [InlineData(null, "\u0430", 400)]
    [InlineData("a b", null, 400)]
    [InlineData("a\\n", null, 400)]
    [InlineData("' OR 1=1--", null, 400)]
    public async Task a_request_has_one_id(string? header, string? inBody, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/keyed", UriKind.Relative))
        {
            Content = JsonContent.Create(inBody is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["transactionId"] = inBody }),
        };
        if (header is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", header);
        using var answer = await service.Client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task an_id_of_10_kB_is_400()
    {
        using var answer = await service.Client.PostAsJsonAsync(new Uri("/v1/keyed", UriKind.Relative), new { transactionId = new string('a', 10_000) });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public void a_client_that_keeps_failing_has_to_wait()
    {
        var throttle = new FailureThrottle(limit: 3, TimeSpan.FromMinutes(1), TimeProvider.System);
        for (var i = 0; i < 3; i++)
            throttle.Failed("scanner").ShouldBeNull();
        throttle.Refusal("scanner").ShouldBeNull();
        throttle.Failed("scanner")!.Status.ShouldBe(429);
        throttle.Refusal("scanner")!.RetryAfter!.Value.ShouldBeInRange(TimeSpan.FromSeconds(50), TimeSpan.FromMinutes(1));
        throttle.Refusal("honest").ShouldBeNull();
    }
}
