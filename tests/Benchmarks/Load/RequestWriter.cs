using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Loyalty.Benchmarks.Load;

/// <summary>Writes requests as bytes into one buffer that is used again and again. Each connection has its own.</summary>
internal sealed class RequestWriter
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private readonly LoadPlan plan;
    private readonly Tills tills;
    private readonly byte[] purchaseHead;
    private readonly byte[] redemptionHead;
    private readonly byte[] buffer = new byte[4096];
    private readonly byte[] body = new byte[1024];
    private readonly string day = DateTime.UtcNow.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
    private byte[] now = [];
    private long nowUntil;

    public RequestWriter(LoadPlan plan, Tills tills)
    {
        this.plan = plan;
        this.tills = tills;
        purchaseHead = Head("POST /v1/purchases");
        redemptionHead = Head("POST /v1/redemptions");
    }

    /// <summary>The next request. Its bytes are valid until the next call.</summary>
    public ReadOnlyMemory<byte> Next() => plan.Request switch
    {
        Request.BalanceOfAccount => Get($"/v1/accounts/{Population.Account(tills.AnyAccount())}/balance"),
        Request.BalanceOfCard => Get($"/v1/cards/{Population.Card(tills.AnyAccount())}/balance"),
        _ => Posting(tills.Next(plan.HotShare)),
    };

    /// <summary>The head of a request with a body of lines of this length.</summary>
    public byte[] HeadOfLines(long length) => Encoding.ASCII.GetBytes(
        $"POST /v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\n{Authorization()}Content-Type: application/x-ndjson\r\nContent-Length: {length}\r\n\r\n");

    /// <summary>Writes the next posting as a line; returns its length.</summary>
    public int WriteLine(Span<byte> to)
    {
        var posting = tills.Next(plan.HotShare);
        var type = posting.Cents > 0 ? "\"type\":\"purchase\","u8 : "\"type\":\"redemption\","u8;
        to[0] = (byte)'{';
        type.CopyTo(to[1..]);
        var length = 1 + type.Length + WriteMembers(posting, to[(1 + type.Length)..]);
        to[length] = (byte)'\n';
        return length + 1;
    }

    private ReadOnlyMemory<byte> Posting(TillPosting posting)
    {
        body[0] = (byte)'{';
        var bodyLength = 1 + WriteMembers(posting, body.AsSpan(1));
        var head = posting.Cents > 0 ? purchaseHead : redemptionHead;
        head.CopyTo(buffer, 0);
        var at = head.Length;
        bodyLength.TryFormat(buffer.AsSpan(at), out var written, provider: CultureInfo.InvariantCulture);
        at += written;
        at += Copy("\r\n\r\n"u8, buffer.AsSpan(at));
        at += Copy(body.AsSpan(0, bodyLength), buffer.AsSpan(at));
        return buffer.AsMemory(0, at);
    }

    // The members of a posting and the closing brace.
    private int WriteMembers(TillPosting posting, Span<byte> to)
    {
        var store = Population.Store((int)(posting.Number % Population.Stores));
        int written;
        if (posting.Cents > 0)
        {
            Utf8.TryWrite(to, Invariant,
                $"\"transactionId\":\"{store}-{day}-{posting.Number:D9}\",\"card\":\"{Population.Card(posting.Account)}\",\"store\":\"{store}\",\"amount\":{posting.Cents / 100}.{posting.Cents % 100:D2},\"currency\":\"EUR\",\"occurredAt\":\"",
                out written);
        }
        else
        {
            Utf8.TryWrite(to, Invariant,
                $"\"transactionId\":\"{store}-{day}-{posting.Number:D9}\",\"card\":\"{Population.Card(posting.Account)}\",\"store\":\"{store}\",\"points\":{posting.Points},\"occurredAt\":\"",
                out written);
        }

        written += Copy(Now(), to[written..]);
        return written + Copy("\"}"u8, to[written..]);
    }

    private ReadOnlyMemory<byte> Get(FormattableString path) => Encoding.ASCII.GetBytes(
        $"GET {path.ToString(CultureInfo.InvariantCulture)} HTTP/1.1\r\nHost: 127.0.0.1\r\n{Authorization()}\r\n");

    private byte[] Head(string line) => Encoding.ASCII.GetBytes(
        $"{line} HTTP/1.1\r\nHost: 127.0.0.1\r\n{Authorization()}Content-Type: application/json\r\nContent-Length: ");

    private string Authorization() => plan.Token.Length == 0 ? "" : $"Authorization: Bearer {plan.Token}\r\n";

    // A till's clock, read often enough.
    private ReadOnlySpan<byte> Now()
    {
        if (Environment.TickCount64 >= nowUntil)
        {
            now = Encoding.ASCII.GetBytes(DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            nowUntil = Environment.TickCount64 + 10;
        }

        return now;
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }
}
