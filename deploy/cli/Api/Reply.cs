using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.Cli.Api;

/// <summary>What a service answered: a body when it accepted, a problem document when it refused.</summary>
internal sealed record Reply(string Request, HttpStatusCode Status, byte[] Body)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private const string ProblemPrefix = "urn:loyalty:problem:";

    public bool Accepted => (int)Status is >= 200 and < 300;

    /// <summary>The stable code of a refusal, such as <c>insufficient-points</c>; empty when the request was accepted.</summary>
    public string Code => Accepted ? "" : Problem.Type.Replace(ProblemPrefix, "", StringComparison.Ordinal);

    public string Detail => Accepted ? "" : Problem.Detail;

    public T Read<T>() where T : class => Accepted
        ? JsonSerializer.Deserialize<T>(Body, Json) ?? throw new StoppedException($"{Request} was answered with nothing.")
        : throw new StoppedException(ToString());

    public override string ToString() => Accepted
        ? $"{Request} was answered with {(int)Status}."
        : $"{Request} was refused with {(int)Status} {Code}: {Detail}";

    private ProblemDocument Problem
    {
        get
        {
            try
            {
                return JsonSerializer.Deserialize<ProblemDocument>(Body, Json) ?? new ProblemDocument();
            }
            catch (JsonException)
            {
                // Something between us and the service answered in its own words; the status is all there is.
                return new ProblemDocument();
            }
        }
    }

    private sealed record ProblemDocument(string Type = "", string Title = "", string? Detail = null, JsonElement? Errors = null)
    {
        public string Detail { get; } = string.Join(' ', new[] { Detail ?? Title, Errors?.ToString() }.Where(part => !string.IsNullOrEmpty(part)));
    }
}
