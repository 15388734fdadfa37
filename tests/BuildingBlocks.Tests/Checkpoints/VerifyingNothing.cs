using Loyalty.Verify;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Checkpoints;

public sealed class VerifyingNothing
{
    [Fact]
    public void fails_and_claims_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("loyalty-nothing");
        using var said = new StringWriter();
        try
        {
            Verification.Of(Evidence.Read([folder.FullName])).Print(said).ShouldBe(1);
        }
        finally
        {
            folder.Delete();
        }

        said.ToString().ShouldContain("nothing to verify");
        said.ToString().ShouldNotContain("unchanged");
    }
}
