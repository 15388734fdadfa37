using System.Text.Json.Nodes;

namespace Loyalty.Journeys.Tests;

/// <summary>The coalition's two operators at CoalitionPartners: what one proposes takes the other one to happen.</summary>
internal sealed class TwoOperators(Coalition coalition)
{
    private readonly ApiClient maker = coalition.Client("operator", coalition.OperatorSecret);
    private readonly ApiClient checker = coalition.Client("approver", coalition.ApproverSecret);

    /// <summary>One proposes, the other approves; what that is answered with.</summary>
    public async Task<JsonNode> Agree(string proposal, object body, string approval)
    {
        (await maker.Post(Url(proposal), body)).Accepted();
        return (await checker.Post(Url(approval), new { })).Accepted().Body;
    }

    public async Task<Answer> Show(string path) => (await maker.Get(Url(path))).Accepted();

    private Uri Url(string path) => new(coalition.UrlOf(Coalition.Partners), path);
}
