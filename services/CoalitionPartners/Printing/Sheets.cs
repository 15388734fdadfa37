using System.Security.Cryptography;
using System.Text;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Writer;

namespace Loyalty.CoalitionPartners.Printing;

/// <summary>Sheets of A4 to write on, one after another. Places are points from the left margin and from the upper edge.</summary>
internal sealed class Sheets(Typeface typeface) : IDisposable
{
    public const double Width = 505;
    public const double Height = 842;
    public const double Top = 45;
    public const double Bottom = 790;

    private const double Left = 45;
    private const char Unknown = '□';

    // What the library can write with one font of a file.
    private const int MostLetters = 255;

    private readonly PdfDocumentBuilder file = new();
    private readonly List<PdfPageBuilder> pages = [];
    private readonly Dictionary<bool, (PdfDocumentBuilder.AddedFont Font, HashSet<char> Letters)> fonts = [];

    /// <summary>How many there are.</summary>
    public int Count => pages.Count;

    private PdfPageBuilder Page => pages[^1];

    public void Dispose() => file.Dispose();

    /// <summary>Goes on on another sheet.</summary>
    public void Next() => pages.Add(file.AddPage(PageSize.A4));

    /// <summary>Writes a text from a place on; answers where it ends.</summary>
    public double Write(string text, double x, double y, double size, bool bold = false, byte grey = 17) => Write(Page, text, x, y, size, bold, grey);

    /// <summary>Writes a text that ends at a place, smaller where it would be wider than there is room.</summary>
    public void WriteBefore(string text, double x, double y, double size, double room, bool bold = false, byte grey = 17)
    {
        var fitting = Math.Min(size, size * room / Math.Max(1, WidthOf(text, size, bold)));
        Write(text, x - WidthOf(text, fitting, bold), y, fitting, bold, grey);
    }

    /// <summary>The lines into which a text is broken to have room; words that are too long are broken too.</summary>
    public IReadOnlyList<string> Broken(string text, double size, double room, bool bold = false)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        foreach (var word in Printable(text, bold).Split(' '))
        {
            if (line.Length > 0 && WidthOf($"{line} {word}", size, bold) > room)
                End();
            line.Append(line.Length > 0 ? " " : "");
            foreach (var letter in word)
            {
                if (line.Length > 0 && WidthOf($"{line}{letter}", size, bold) > room)
                    End();
                line.Append(letter);
            }
        }

        End();
        return lines;

        void End()
        {
            lines.Add(line.ToString());
            line.Clear();
        }
    }

    /// <summary>Draws a line across.</summary>
    public void Rule(double y, double thickness = 0.5, byte grey = 204)
    {
        Page.SetStrokeColor(grey, grey, grey);
        Page.DrawLine(Place(0, y), Place(Width, y), thickness);
    }

    /// <summary>Draws a box, filled with a grey.</summary>
    public void Box(double x, double y, double width, double height, byte grey)
    {
        Page.SetStrokeColor(grey, grey, grey);
        Page.SetTextAndFillColor(grey, grey, grey);
        Page.DrawRectangle(Place(x, y + height), width, height, lineWidth: 0.5, fill: true);
    }

    /// <summary>The file. Whoever writes the same gets the same bytes.</summary>
    /// <param name="at">When it was made, if that is to stand in it.</param>
    /// <param name="foot">What stands at the foot of each sheet, before its number.</param>
    public byte[] Bind(string title, DateTimeOffset? at, string foot)
    {
        for (var i = 0; i < pages.Count; i++)
        {
            Write(pages[i], foot, 0, Height - 28, 7, bold: false, grey: 100);
            var number = $"Page {i + 1} of {pages.Count}";
            Write(pages[i], number, Width - WidthOf(number, 7, bold: false), Height - 28, 7, bold: false, grey: 100);
        }

        file.DocumentInformation = new() { Title = title, Creator = "Loyalty", Producer = "Loyalty", CreationDate = at is { } made ? $"D:{made.UtcDateTime:yyyyMMddHHmmss}Z" : null };
        return Identified(file.Build());
    }

    // The library draws both ids of a file by lot. Here they follow from its content, as ISO 32000 recommends.
    private static byte[] Identified(byte[] bytes)
    {
        var trailer = bytes.AsSpan().LastIndexOf("/ID"u8);
        var id = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, trailer))[..16]));
        for (var rest = bytes.AsSpan(trailer); rest.IndexOf((byte)'<') is var open and >= 0 && rest[open + 1] != '<'; rest = rest[(open + 1)..])
            id.CopyTo(rest[(open + 1)..]);
        return bytes;
    }

    private double Write(PdfPageBuilder page, string text, double x, double y, double size, bool bold, byte grey)
    {
        var printable = Printable(text, bold);
        if (printable.Length == 0)
            return x;
        page.SetTextAndFillColor(grey, grey, grey);
        page.AddText(printable, size, Place(x, y), FontFor(printable, bold));
        return x + WidthOf(printable, size, bold);
    }

    private double WidthOf(string text, double size, bool bold) => LettersOf(bold).Width(Printable(text, bold), size);

    private Letters LettersOf(bool bold) => bold ? typeface.Bold : typeface.Regular;

    // What the typeface does not have is shown to be missing, and what would break a line is a space.
    private string Printable(string text, bool bold) => text.All(letter => letter == ' ' || (letter > ' ' && LettersOf(bold).Has(letter)))
        ? text
        : string.Concat(text.EnumerateRunes().Select(r => Rune.IsWhiteSpace(r) || Rune.IsControl(r) ? ' ' : r.IsBmp && LettersOf(bold).Has((char)r.Value) ? (char)r.Value : Unknown));

    private PdfDocumentBuilder.AddedFont FontFor(string text, bool bold)
    {
        if (!fonts.TryGetValue(bold, out var font) || font.Letters.Union(text).Count() > MostLetters)
            fonts[bold] = font = (file.AddTrueTypeFont(LettersOf(bold).File), []);
        font.Letters.UnionWith(text);
        return font.Font;
    }

    private static PdfPoint Place(double x, double y) => new(Left + x, Height - y);
}
