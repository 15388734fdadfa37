using System.Text;
using Loyalty.CoalitionPartners.Files;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Tests.Files;

/// <summary>Files as partners send them.</summary>
internal static class FileOf
{
    public const string Header = "type,transactionId,occurredAt,card,store,amount,currency,points,purchase,tender,promoCodes";
    public const string Purchase = "purchase,t-1,2017-03-01T10:15:00+01:00,9276000000000001,S1,25.90,EUR,,,,";
    public const string JsonPurchase =
        """{"type":"purchase","transactionId":"t-1","occurredAt":"2017-03-01T10:15:00+01:00","card":"9276000000000001","store":"S1","amount":25.90,"currency":"EUR"}""";

    public static Task<List<FileLine>> Csv(string text, FileLimits? limits = null) => Csv(Encoding.UTF8.GetBytes(text), limits);

    public static Task<List<FileLine>> Csv(byte[] bytes, FileLimits? limits = null) => Read("text/csv", new MemoryStream(bytes), limits);

    public static Task<List<FileLine>> Ndjson(string text, FileLimits? limits = null) =>
        Read("application/x-ndjson; charset=utf-8", new MemoryStream(Encoding.UTF8.GetBytes(text)), limits);

    public static async Task<List<FileLine>> Read(string mediaType, Stream stream, FileLimits? limits = null)
    {
        var lines = new List<FileLine>();
        await foreach (var line in TransactionFile.Read(mediaType, new FileText(stream, limits ?? new()), TestContext.Current.CancellationToken)) lines.Add(line);
        return lines;
    }

    /// <summary>The problem that a file as a whole is refused with.</summary>
    public static async Task<Problem> Refused(Func<Task<List<FileLine>>> reading) => (await Should.ThrowAsync<ProblemException>(reading)).Problem;

    /// <summary>The first fault of a file whose lines can be told apart.</summary>
    public static LineFault FaultOf(IReadOnlyList<FileLine> lines) => lines.Select(l => l.Fault).OfType<LineFault>().First();
}
