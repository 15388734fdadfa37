using System.Text.Json.Nodes;

namespace Loyalty.Journeys.Tests;

/// <summary>The coalition's two operators at CoalitionPartners: what one proposes takes the other one to happen.</summary>
internal sealed class TwoOperators(Coalition coalition)
{
    private readonly ApiClient maker = coalition.Client("operator", coalition.OperatorSecret);
    private readonly ApiClient checker = coalition.Client("approver", coalition.ApproverSecret);

    /// <summary>One proposes, the other approves; what that is answered with.</summary>
    /// <param name="approved">What the other one names again; nothing in most cases.</param>
    public async Task<JsonNode> Agree(string proposal, object body, string approval, object? approved = null)
    {
        await Do(proposal, body);
        return await Approve(approval, approved);
    }

    /// <summary>What the other one approves of that was proposed before.</summary>
    public async Task<JsonNode> Approve(string approval, object? approved = null) => (await checker.Post(Url(approval), approved ?? new { })).Accepted().Body;

    /// <summary>What takes one of them only.</summary>
    public async Task<Answer> Do(string path, object body) => (await maker.Post(Url(path), body)).Accepted();

    public async Task<Answer> Show(string path) => (await maker.Get(Url(path))).Accepted();

    private Uri Url(string path) => new(coalition.UrlOf(Coalition.Partners), path);
}
