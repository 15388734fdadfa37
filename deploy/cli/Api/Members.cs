namespace Loyalty.Cli.Api;

internal sealed record Consent(string Channel, bool Granted);

internal sealed record Questionnaire(string FirstName, string LastName, string? Privilege, IReadOnlyList<Consent> Consents);

/// <summary>The operator's side of Customers.</summary>
internal sealed class Members(ServiceClient service)
{
    /// <summary>Enrols a member; the same key finds the same member again.</summary>
    public async Task<Guid> Enrol(Questionnaire questionnaire, string key, CancellationToken ct) =>
        (await service.Post("v1/members", questionnaire, ct, key)).Read<Enrolled>().MemberId;

    private sealed record Enrolled(Guid MemberId);
}
