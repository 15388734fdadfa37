using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Loyalty.PointsLedger.Tests.Domain.Modelled;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Domain;

/// <summary>Any commands under any programme and offers, against a simple model of what they should come to.</summary>
public class AnyProgramme(ITestOutputHelper output)
{
    private const int Scripts = 1_000;
    private const int CommandsPerScript = 101;

    [Fact]
    public void does_what_a_simple_model_predicts()
    {
        var tried = 0;
        string? shortest = null;
        try
        {
            Prop.ForAll(AnyScript.Of(CommandsPerScript), script =>
            {
                tried += script.Commands.Length;
                try
                {
                    Enactment.Of(script);
                }
                catch (ShouldAssertException e)
                {
                    // Each failure that is met while shrinking is shorter than the one before.
                    shortest = e.Message;
                    throw;
                }
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(Scripts));
        }
        catch (Exception e) when (shortest is not null)
        {
            Assert.Fail($"{shortest}\n{e.Message.Split('\n')[0]}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tried} commands in {Scripts} scripts agree with the model."));
        tried.ShouldBeGreaterThanOrEqualTo(100_000);
    }
}
