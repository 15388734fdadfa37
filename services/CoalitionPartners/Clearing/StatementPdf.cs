using Loyalty.CoalitionPartners.Printing;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Clearing.StatementWords;

namespace Loyalty.CoalitionPartners.Clearing;

/// <summary>A statement as sheets of A4 in a PDF, with the figures of the page. The same statement is the same bytes, so that copies can be compared.</summary>
internal sealed class StatementPdf : IDisposable
{
    public const string MediaType = "application/pdf";

    private const double Size = 8;
    private const double Small = 6.5;
    private const double Lead = 10.5;
    private const double Pad = 4;
    private const double Gap = 6;
    private const byte Grey = 100;

    // Where the columns of figures end.
    private static readonly (string Name, double End)[] Columns =
        [("Points", 226), ("Price", 274), ("Transactions", 334), ("Reversals", 384), ("You pay", 446), ("You get", Sheets.Width)];

    private readonly ShownStatement s;
    private readonly Sheets sheets;
    private double y;

    private StatementPdf(ShownStatement statement, Typeface typeface) => (s, sheets) = (statement, new(typeface));

    public static byte[] Of(ShownStatement statement, Typeface typeface)
    {
        using var pdf = new StatementPdf(statement, typeface);
        pdf.Head();
        pdf.Account();
        pdf.Points();
        return pdf.sheets.Bind(
            $"Statement {statement.CycleId}, {statement.Name}", statement.ClosedAt,
            $"Statement {statement.CycleId}  ·  {statement.Code}  ·  {statement.Currency}{(statement.Preliminary ? "  ·  preliminary" : "")}");
    }

    public void Dispose() => sheets.Dispose();

    private void Head()
    {
        sheets.Next();
        y = Sheets.Top + 14;
        sheets.Write("Statement", 0, y, 20, bold: true);
        sheets.WriteBefore(s.CycleId, Sheets.Width, y, 14, 250, grey: Grey);
        y += 10;
        sheets.Rule(y, 1.5, grey: 17);
        y += 18;
        if (s.Preliminary)
        {
            sheets.Box(0, y - 8, Sheets.Width, 22, grey: 17);
            sheets.Write(Preliminary, 8, y + 6, 9, bold: true, grey: 255);
            y += 32;
        }

        foreach (var (term, text) in Terms(s))
        {
            sheets.Write(term, 0, y, 9, grey: Grey);
            foreach (var line in sheets.Broken(text, 9, Sheets.Width - 70))
            {
                sheets.Write(line, 70, y, 9);
                y += 13;
            }
        }

        Figures([("Brought forward", InWords(s.BroughtForward)), ("This cycle", InWords(s.Net)), ("Carried forward", InWords(s.CarriedForward))]);
    }

    private void Account()
    {
        Title("Account");
        ColumnNames();
        Row("Brought forward", s.BroughtForward);
        foreach (var payment in s.Payments)
            Row(NameOf(payment), payment.EndToEndId, [], payment.Amount);
        foreach (var line in s.Lines)
            Row(NameOf(line), line.LineId, [Number(line.Points), Number(line.Price), Number(line.Transactions), Number(line.Reversals)], line.Amount);
        foreach (var charge in s.Charges)
            Row(NameOf(charge), charge.LineId, [charge.On is { } on ? $"on {Amount(on)}" : "", Number(charge.Rate), charge.Transactions is { } n ? Number(n) : ""], charge.Amount);
        foreach (var adjustment in s.Adjustments)
            Row(NameOf(adjustment), adjustment.LineId, [], adjustment.Amount);
        Row("This cycle", s.Net);
        Row("Carried forward", s.CarriedForward);
    }

    private void Points()
    {
        if (y + 110 > Sheets.Bottom)
            Continue();
        Title("Points");
        y -= 2;
        Figures([("Issued", Number(s.Points.Issued)), ("Redeemed", Number(s.Points.Redeemed)), ("Expired", Number(s.Points.Expired))]);
        sheets.Write(Rounding, 0, y + 8, Small, grey: Grey);
    }

    private void Title(string title)
    {
        y += 22;
        sheets.Write(title, 0, y, 11, bold: true);
        y += 8;
    }

    // Three figures side by side.
    private void Figures((string Name, string Figure)[] figures)
    {
        const double Wide = (Sheets.Width - (2 * Gap)) / 3;
        y += 6;
        for (var i = 0; i < figures.Length; i++)
        {
            var x = i * (Wide + Gap);
            sheets.Box(x, y, Wide, 36, grey: 242);
            sheets.Write(figures[i].Name, x + 8, y + 13, 7.5, grey: Grey);
            sheets.WriteBefore(figures[i].Figure, x + Wide - 8, y + 28, 11, Wide - 16, bold: true);
        }

        y += 40;
    }

    private void ColumnNames()
    {
        y += 8;
        sheets.Write("Line", 0, y, Small, grey: Grey);
        foreach (var (name, end) in Columns)
            sheets.WriteBefore(name, end, y, Small, 60, grey: Grey);
        y += 5;
        sheets.Rule(y, 0.8, grey: Grey);
    }

    private void Continue()
    {
        sheets.Next();
        y = Sheets.Top;
        sheets.Write($"Statement {s.CycleId}", 0, y, Size, bold: true);
        sheets.WriteBefore($"{s.Name} ({s.Code})", Sheets.Width, y, Size, 380, grey: Grey);
        y += 12;
    }

    private void Row(string name, string id, string[] figures, Money amount)
    {
        var names = sheets.Broken(name, Size, (figures is [] ? Columns[3].End : Columns[0].End - 62));
        Room((names.Count * Lead) + Lead + Pad);
        y += Pad + Size;
        for (var i = 0; i < figures.Length; i++)
            sheets.WriteBefore(figures[i], Columns[i].End, y, Size, RoomOf(i));
        Amounts(amount, bold: false);
        foreach (var line in names)
        {
            sheets.Write(line, 0, y, Size);
            y += Lead;
        }

        sheets.Write(id, 0, y - 1, Small, grey: Grey);
        y += Pad;
        sheets.Rule(y);
    }

    private void Row(string total, Money amount)
    {
        Room(Lead + (2 * Pad));
        y += Pad + Size + 1;
        sheets.Write(total, 0, y, Size, bold: true);
        Amounts(amount, bold: true);
        y += Pad + 2;
        sheets.Rule(y, 1.2, grey: 17);
    }

    private void Amounts(Money amount, bool bold)
    {
        var (pays, gets) = StatementWords.Amounts(amount);
        sheets.WriteBefore(pays, Columns[4].End, y, Size, RoomOf(4), bold);
        sheets.WriteBefore(gets, Columns[5].End, y, Size, RoomOf(5), bold);
    }

    private void Room(double height)
    {
        if (y + height <= Sheets.Bottom)
            return;
        Continue();
        ColumnNames();
    }

    private static double RoomOf(int column) => column == 0 ? 60 : Columns[column].End - Columns[column - 1].End - 4;

    private static string InWords(Money amount) => amount.Minor switch
    {
        < 0 => $"you pay {Amount(-amount)} {amount.Currency}",
        > 0 => $"you get {Amount(amount)} {amount.Currency}",
        0 => $"{Amount(amount)} {amount.Currency}",
    };
}
