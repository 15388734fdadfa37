using Xunit;

namespace Loyalty.Testing;

/// <summary>Real data to run on; it is no part of the product and stays outside its repository.</summary>
public static class TestData
{
    /// <summary>A folder of data such as <c>complete-journey</c>; the test is skipped where the data is absent.</summary>
    public static string Folder(string name)
    {
        var folder = Candidates().Select(root => Path.Combine(root, name)).FirstOrDefault(Directory.Exists);
        if (folder is null)
        {
            Assert.Skip($"The data '{name}' is not here: put it in shared/data beside the repository, or name its folder in LOYALTY_DATA_DIR.");
        }

        return folder;
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("LOYALTY_DATA_DIR") is { Length: > 0 } named)
        {
            yield return named;
        }

        for (var folder = Directory.GetParent(Repository.Root); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, "shared", "data");
        }
    }
}
