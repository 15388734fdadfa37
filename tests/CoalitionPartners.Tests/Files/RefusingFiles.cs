using System.IO.Compression;
using System.Text;
using Loyalty.CoalitionPartners.Files;
using static Loyalty.CoalitionPartners.Tests.Files.FileOf;

namespace Loyalty.CoalitionPartners.Tests.Files;

/// <summary>Files that can't be taken at all, not even in part.</summary>
public sealed class RefusingFiles
{
    [Theory, InlineData(""), InlineData("\n\n  \r\n"), InlineData("\uFEFF")]
    public async Task says_that_an_empty_one_is_empty(string text)
    {
        (await Refused(() => Ndjson(text))).Detail.ShouldContain("empty");
        (await Refused(() => Csv(text))).Detail.ShouldContain("empty");
        (await Refused(() => Csv(Header + "\n"))).Detail.ShouldContain("nothing below");
    }

    [Theory]
    [InlineData(Header + "\n" + Purchase + "\n" + Purchase + "\rmore\n", 3)]
    [InlineData(Header + "\r" + Purchase + "\r", 1)]
    [InlineData(Header + "\n" + Purchase + "\n\"purchase,t-2", 3)]
    [InlineData(Header + "\n" + Purchase + "\nzero\0byte", 3)]
    [InlineData("type;transactionId;occurredAt;amount\npurchase;t-1;2017-03-01T10:15:00Z;25,90\n", 1)]
    [InlineData("type,transactionId,transactionId,occurredAt\n" + Purchase, 1)]
    [InlineData("\n" + Purchase + "\n", 2)]
    [InlineData("type,transactionId,occurredAt,isAdmin\npurchase,t-1,2017-03-01T10:15:00Z,1\n", 1)]
    public async Task names_the_line_where_it_shows(string text, int line)
    {
        var problem = await Refused(() => Csv(text));
        (problem.Status, problem.Code).ShouldBe((400, "malformed-request"));
        problem.Detail.ShouldContain($"Line {line} ");
    }

    [Fact]
    public async Task names_the_line_that_is_Latin_1()
    {
        var bytes = Encoding.Latin1.GetBytes(Header + "\n" + Purchase + "\n" + Purchase.Replace("S1", "Köln", StringComparison.Ordinal) + "\n");
        (await Refused(() => Csv(bytes))).Detail.ShouldContain("Line 3 is not UTF-8");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task takes_no_line_of_fifty_megabytes_into_memory(bool ended)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await using var endless = new Repeated("x"u8.ToArray(), 50_000_000, ended ? "\n"u8.ToArray() : []);
        var problem = await Refused(() => Read("application/x-ndjson", endless));
        (problem.Status, problem.Code).ShouldBe((413, "content-too-large"));
        problem.Detail.ShouldContain("Line 1 ");
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(10_000_000);
    }

    [Fact]
    public async Task takes_so_many_lines_and_no_more()
    {
        var limits = new FileLimits(Lines: 3);
        (await Csv($"{Header}\n{Purchase}\n{Purchase}", limits)).Count.ShouldBe(2);
        (await Refused(() => Csv($"{Header}\n{Purchase}\n{Purchase}\n{Purchase}", limits))).Status.ShouldBe(413);
    }

    [Fact]
    public async Task takes_nothing_packed()
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using var entry = archive.CreateEntry("../../x").Open();
            await entry.WriteAsync(Encoding.UTF8.GetBytes(Header), TestContext.Current.CancellationToken);
        }

        (await Refused(() => Csv(zip.ToArray()))).Status.ShouldBe(415);
        (await Refused(() => Csv([0x1F, 0x8B, 8, 0, 0]))).Status.ShouldBe(415);
    }

    [Theory, InlineData(null), InlineData("text/plain"), InlineData("application/zip"), InlineData("multipart/form-data; boundary=x"), InlineData("text/csv; charset=latin1")]
    public async Task takes_no_other_kind(string? mediaType) =>
        (await Refused(() => Read(mediaType!, new MemoryStream(Encoding.UTF8.GetBytes(Header))))).Status.ShouldBe(415);

    private sealed class Repeated(byte[] one, long times, byte[] end) : Stream
    {
        private long left = (one.Length * times) + end.Length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var given = (int)Math.Min(count, left);
            buffer.AsSpan(offset, given).Fill(one[0]);
            left -= given;
            if (left == 0 && given > 0 && end.Length > 0) buffer[offset + given - 1] = end[0];
            return given;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
