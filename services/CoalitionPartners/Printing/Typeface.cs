using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.TrueType;
using UglyToad.PdfPig.Fonts.TrueType.Parser;

namespace Loyalty.CoalitionPartners.Printing;

/// <summary>
/// The typeface that is found on this machine, looked for once. A PDF carries its letters with it, and a server has none by itself: the
/// project's set-up and its container image install DejaVu Sans, which Debian and Ubuntu have as <c>fonts-dejavu-core</c>.
/// </summary>
internal sealed class InstalledTypeface(IConfiguration configuration, ILogger<InstalledTypeface> logger)
{
    private static readonly string[] Usual = ["/usr/share/fonts", "/usr/local/share/fonts"];

    private readonly Lazy<Typeface?> found = new(() => Find(configuration["Printing:Fonts"] is { Length: > 0 } folder ? [folder] : Usual, logger));

    /// <summary>In the folder that is set (<c>Printing:Fonts</c>), or where systems keep theirs; null where there is none.</summary>
    public Typeface? Found => found.Value;

    private static Typeface? Find(string[] folders, ILogger logger)
    {
        try
        {
            if (File("DejaVuSans.ttf") is { } regular && File("DejaVuSans-Bold.ttf") is { } bold)
                return new(Letters.Read(regular), Letters.Read(bold));
        }
        catch (Exception e)
        {
            // Whatever is wrong with a file, nothing can be printed with it, and everything else goes on.
            logger.LogWarning(e, "Nothing can be printed as PDF: the typeface in {Folders} can't be read. Install fonts-dejavu-core again, or set Printing:Fonts", string.Join(", ", folders));
            return null;
        }

        logger.LogWarning("Nothing can be printed as PDF: DejaVu Sans is in none of {Folders}. Install fonts-dejavu-core, or set Printing:Fonts", string.Join(", ", folders));
        return null;

        string? File(string name) => folders.Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, name, new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }))
            .Order(StringComparer.Ordinal).FirstOrDefault();
    }
}

/// <summary>The letters of what is printed.</summary>
internal sealed record Typeface(Letters Regular, Letters Bold);

/// <summary>One weight of a typeface.</summary>
internal sealed class Letters
{
    private readonly TrueTypeFont font;

    private Letters(byte[] file)
    {
        File = file;
        font = TrueTypeFontParser.Parse(new(new MemoryInputBytes(file)));
    }

    /// <summary>As it stands in its file.</summary>
    public byte[] File { get; }

    public static Letters Read(string path) => new(System.IO.File.ReadAllBytes(path));

    public bool Has(char letter) => GlyphOf(letter) > 0;

    /// <summary>How wide a text is at a size; both in points.</summary>
    public double Width(string text, double size) =>
        text.Sum(letter => (double)font.TableRegister.HorizontalMetricsTable.GetAdvanceWidth(GlyphOf(letter))) * size / font.GetUnitsPerEm();

    private int GlyphOf(char letter) => font.WindowsUnicodeCMap.CharacterCodeToGlyphIndex(letter);
}
