using System.Runtime.CompilerServices;

namespace Loyalty.Architecture.Tests;

/// <summary>The tree these tests read: the checkout they were compiled from.</summary>
internal static class Repository
{
    private static readonly string[] Generated = ["/bin/", "/obj/", "/.git/", "/artifacts/", "/TestResults/"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths of files relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Files(string pattern, string under = "") =>
        Directory.Exists(Path.Combine(Root, under))
            ? [.. Directory.EnumerateFiles(Path.Combine(Root, under), pattern, SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
                .Where(f => !Generated.Any(g => ("/" + f).Contains(g, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal)]
            : [];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    public static IReadOnlyList<string> Services { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Root, "services")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        var folder = Path.GetDirectoryName(thisFile);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Loyalty.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("No folder above this file holds Loyalty.sln.");
    }
}
