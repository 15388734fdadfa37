using Microsoft.AspNetCore.Builder;

namespace Loyalty.ServiceDefaults;

/// <summary>
/// Says in every answer to which programme it belongs, so that nobody takes one for another: <c>Loyalty-Programme: sandbox</c>, from
/// the setting <c>Programme:Name</c>. The real programme has no such setting and says nothing.
/// </summary>
internal static class ProgrammeName
{
    private const string Header = "Loyalty-Programme";

    public static void UseProgrammeName(this WebApplication app)
    {
        if (app.Configuration["Programme:Name"] is not { Length: > 0 } name)
            return;
        if (!IsWord(name))
            throw new InvalidOperationException("Programme:Name is no word for a header: set 1 to 40 characters of a-z 0-9 and -, or leave it out.");
        app.Use((http, next) =>
        {
            // At the very start of the answer: a problem clears what was set before.
            http.Response.OnStarting(() =>
            {
                http.Response.Headers[Header] = name;
                return Task.CompletedTask;
            });
            return next(http);
        });
    }

    private static bool IsWord(string name) => name.Length <= 40 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
