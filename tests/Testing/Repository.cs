namespace Loyalty.Testing;

/// <summary>Where things are in the repository that the running tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder of Loyalty.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The built program of a service, such as <c>PointsLedger</c>, in the configuration of the running tests.</summary>
    public static string Program(string service) => Built(Path.Combine("services", service), service);

    /// <summary>The built program with which partners verify proofs.</summary>
    public static string Verifier => Built(Path.Combine("deploy", "verify"), "Verify");

    /// <summary>The built command line.</summary>
    public static string CommandLine => Built(Path.Combine("deploy", "cli"), "Cli");

    private static string Built(string folder, string name)
    {
        var configuration = AppContext.BaseDirectory.Contains("/bin/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        var program = Path.Combine(Root, folder, "bin", configuration, "net10.0", $"Loyalty.{name}.dll");
        return File.Exists(program)
            ? program
            : throw new FileNotFoundException($"{program} is not built: run dotnet build -c {configuration} at the repository's root.");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Loyalty.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Loyalty.sln.");
    }
}
