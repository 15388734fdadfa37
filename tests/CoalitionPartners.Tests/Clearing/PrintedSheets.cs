using System.Globalization;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;

namespace Loyalty.CoalitionPartners.Tests.Clearing;

/// <summary>A PDF as somebody reads it: words, and where they stand.</summary>
internal sealed class PrintedSheets
{
    private const double Pays = 45 + 446;
    private const double Gets = 45 + 505;
    private const double Foot = 40;
    private const double HeightOfFacts = 600;

    private readonly List<List<Word>> sheets = [];

    private PrintedSheets(byte[] file)
    {
        using var pdf = PdfDocument.Open(file);
        Title = pdf.Information.Title ?? "";
        sheets.AddRange(pdf.GetPages().Select(p => p.GetWords().ToList()));
        Size = (pdf.GetPage(1).Width, pdf.GetPage(1).Height);
    }

    public string Title { get; }

    public (double Width, double Height) Size { get; }

    public IReadOnlyList<string> Texts => [.. sheets.Select(words => string.Join(' ', words.Select(w => w.Text)))];

    /// <summary>What stands in the columns of money, from top to bottom: below zero what the partner pays.</summary>
    public IReadOnlyList<decimal> Amounts => [.. Column(Pays).Select(a => (a.Place, Amount: -a.Amount)).Concat(Column(Gets)).OrderBy(a => a.Place).Select(a => a.Amount)];

    public static PrintedSheets Of(byte[] file) => new(file);

    // The numbers in the account that end at a place.
    private IEnumerable<(double Place, decimal Amount)> Column(double end) =>
        from sheet in Enumerable.Range(0, sheets.Count)
        from word in sheets[sheet]
        where Math.Abs(word.BoundingBox.Right - end) < 1.5 && word.BoundingBox.Bottom > Foot && (sheet > 0 || word.BoundingBox.Bottom < HeightOfFacts)
        where decimal.TryParse(word.Text, NumberStyles.Number, CultureInfo.InvariantCulture, out _)
        select ((sheet * 10_000) - word.BoundingBox.Bottom, decimal.Parse(word.Text, CultureInfo.InvariantCulture));
}
