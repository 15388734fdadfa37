using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.ServiceDefaults;

public sealed class Transport(TinyService service) : IClassFixture<TinyService>
{
    private const string Good = """{"name":"cup","size":3,"at":"2017-03-01T10:15:00+01:00","tags":["a","b"],"note":"é"}""";

    [Fact]
    public async Task a_good_request_passes()
    {
        using var answer = await Send(Good);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await answer.Content.ReadAsStringAsync()).ShouldBe(Good);
    }

    [Fact]
    public Task everything_bad_is_refused_with_its_problem() =>
        new BadTransport(service.Url, "/v1/things", service.Tokens.Operator("things.make"), Good, "note").AllAreRefused();

    [Theory]
    [InlineData("null inside an array", """{"name":"cup","size":3,"at":"2017-03-01T10:15:00Z","tags":[null]}""")]
    [InlineData("null inside a nested array", """{"name":"cup","size":3,"at":"2017-03-01T10:15:00Z","tags":[[null]]}""")]
    [InlineData("a quoted number", """{"name":"cup","size":"3","at":"2017-03-01T10:15:00Z","tags":[]}""")]
    [InlineData("a number beyond 2^63-1", """{"name":"cup","size":9223372036854775808,"at":"2017-03-01T10:15:00Z","tags":[]}""")]
    [InlineData("an escaped spelling of a member twice", """{"name":"cup","n\u0061me":"pot","size":3,"at":"2017-03-01T10:15:00Z","tags":[]}""")]
    public async Task what_is_not_exactly_as_described_is_400(string what, string body)
    {
        using var answer = await Send(body);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, what);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("2017-03-01T10:15:00")]
    [InlineData("2017-03-01 10:15:00Z")]
    [InlineData("2017-03-01")]
    [InlineData("2017-02-30T10:15:00Z")]
    [InlineData("2017-03-01T10:15:60Z")]
    [InlineData("2017-03-01T24:00:00Z")]
    [InlineData("2017-03-01T10:15:00+25:00")]
    [InlineData("2017-03-01T10:15Z")]
    [InlineData("20170301T101500Z")]
    [InlineData("1488363300")]
    [InlineData("٢٠١٧-03-01T10:15:00Z")]
    public async Task a_time_that_is_no_rfc_3339_is_400(string time)
    {
        using var answer = await Send($$"""{"name":"cup","size":3,"at":"{{time}}","tags":[]}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("RFC 3339");
    }

    [Theory]
    [InlineData("2017-03-01T10:15:00Z")]
    [InlineData("2017-03-01t10:15:00.1234567z")]
    [InlineData("2020-02-29T23:59:59-12:00")]
    public async Task a_time_as_rfc_3339_has_it_passes(string time)
    {
        using var answer = await Send($$"""{"name":"cup","size":3,"at":"{{time}}","tags":[]}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("""{"size":3,"tags":[]}""", "'name', 'at'")]
    [InlineData("""{"name":"cup","sise":3,"at":"2017-03-01T10:15:00Z","tags":[]}""", "'sise' is unknown")]
    [InlineData("""{"name":"cup","size":true,"at":"2017-03-01T10:15:00Z","tags":[]}""", "'size'")]
    [InlineData("""{"name":null,"size":3,"at":"2017-03-01T10:15:00Z","tags":[]}""", "is null")]
    public async Task a_problem_names_the_member(string body, string words)
    {
        using var answer = await Send(body);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(words.Replace("'", "\\u0027", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_request_that_arrives_too_slowly_is_cut_off()
    {
        var answers = await Task.WhenAll(
            RawHttp.Send(service.Url, Encoding.ASCII.GetBytes("POST /v1/things HTTP/1.1\r\nHost: a\r\nX-Slow: ")),
            RawHttp.Send(service.Url, Encoding.ASCII.GetBytes(
                $"POST /v1/things HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {service.Tokens.Operator("things.make")}\r\n" +
                "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")));
        answers[0].Status.ShouldBeOneOf(408, 0);
        answers[1].ShouldBeProblem(408, "a slow body");
    }

    [Fact]
    public async Task an_error_of_ours_gives_nothing_away()
    {
        using var answer = await service.Client.GetAsync(new Uri("/v1/bug", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldBe(
            """{"type":"urn:loyalty:problem:internal-error","title":"Internal error","status":500,"detail":"Something went wrong here. Repeat the request unchanged: it takes effect at most once."}""");
    }

    [Fact]
    public async Task a_database_that_is_away_is_503_with_the_time_to_wait()
    {
        using var answer = await service.Client.GetAsync(new Uri("/v1/outage", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter!.Delta.ShouldNotBeNull();
    }

    [Fact]
    public async Task a_refusal_has_the_status_its_service_gave_it()
    {
        using var answer = await service.Client.GetAsync(new Uri("/v1/gone", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("urn:loyalty:problem:gone");
    }

    [Theory]
    [InlineData("/openapi/v1.json", "\"openapi\": \"3.1")]
    [InlineData("/swagger/index.html", "swagger-ui")]
    [InlineData("/health/live", "Healthy")]
    [InlineData("/health/ready", "Healthy")]
    public async Task every_service_describes_itself(string path, string words)
    {
        using var stranger = new HttpClient { BaseAddress = service.Url };
        (await stranger.GetStringAsync(new Uri(path, UriKind.Relative))).ShouldContain(words);
    }

    private async Task<HttpResponseMessage> Send(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json", "utf-8"));
        return await service.Client.PostAsync(new Uri("/v1/things", UriKind.Relative), content);
    }
}
