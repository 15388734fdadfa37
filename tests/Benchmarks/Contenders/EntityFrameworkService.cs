using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>
/// (b) One transaction per request through EF Core: pooled contexts, the account's row locked by <c>select … for update</c>, and the
/// changes saved in one batch.
/// </summary>
internal static class EntityFrameworkService
{
    private static readonly Func<PlainContext, string, Task<PostedRow?>> Known = EF.CompileAsyncQuery((PlainContext db, string id) =>
        db.Posted.AsNoTracking().FirstOrDefault(p => p.PartnerId == PlainPosting.Partner && p.TransactionId == id));

    private static readonly Func<PlainContext, Guid, Task<StreamRow>> Stream = EF.CompileAsyncQuery((PlainContext db, Guid id) => db.Streams.Single(s => s.Id == id));

    public static Task<int> Run(string[] args) => PlainService.Run(
        args,
        builder => builder.Services.AddDbContextPool<PlainContext>(options => options
            .UseNpgsql(builder.Configuration.GetConnectionString("Database")).EnableThreadSafetyChecks(enableChecks: false)),
        (posting, http) => Post(posting, http.RequestServices.GetRequiredService<PlainContext>(), http.RequestAborted));

    private static async Task<IResult> Post(PlainPosting posting, PlainContext db, CancellationToken ct)
    {
        var hash = posting.Hash();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await Known(db, posting.TransactionId) is { } known)
            return known.PayloadHash.AsSpan().SequenceEqual(hash) ? PlainService.Kept(known.Answer) : PlainService.Refused(422);
        var account = await db.Balances
            .FromSql(
                $"""
                select b.* from cards c join stores t on t.code = {posting.Store} join balances b on b.account_id = c.account_id
                where c.scanned = {posting.Card} for update of b
                """)
            .SingleOrDefaultAsync(ct);
        if (account is null) return PlainService.Refused(404);
        if (account.Balance + posting.Points < 0) return PlainService.Refused(422);

        // Read once the lock is held: in the locking query it would be as it was before the wait for the lock.
        var stream = await Stream(db, account.AccountId);
        account.Balance += posting.Points;
        stream.Version++;
        stream.Timestamp = DateTime.UtcNow;
        var answer = posting.Answer(account.AccountId, account.Balance, stream.Version);
        db.Events.Add(new EventRow
        {
            Id = Guid.CreateVersion7(), StreamId = account.AccountId, Version = answer.Version, Type = posting.EventType, Data = posting.Event(),
        });
        db.Posted.Add(new PostedRow
        {
            PartnerId = PlainPosting.Partner, TransactionId = posting.TransactionId, PayloadHash = hash,
            Answer = JsonSerializer.Serialize(answer, PlainJson.Default.PlainAnswer),
        });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return PlainService.Created(answer);
    }
}

internal sealed class BalanceRow
{
    public Guid AccountId { get; set; }

    public long Balance { get; set; }
}

internal sealed class StreamRow
{
    public Guid Id { get; set; }

    public long Version { get; set; }

    public DateTime Timestamp { get; set; }
}

internal sealed class EventRow
{
    public long SeqId { get; set; }

    public Guid Id { get; set; }

    public Guid StreamId { get; set; }

    public long Version { get; set; }

    public string Type { get; set; } = "";

    public string Data { get; set; } = "";
}

internal sealed class PostedRow
{
    public Guid PartnerId { get; set; }

    public string TransactionId { get; set; } = "";

    public byte[] PayloadHash { get; set; } = [];

    public string Answer { get; set; } = "";
}

internal sealed class PlainContext(DbContextOptions<PlainContext> options) : DbContext(options)
{
    public DbSet<BalanceRow> Balances => Set<BalanceRow>();

    public DbSet<StreamRow> Streams => Set<StreamRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<PostedRow> Posted => Set<PostedRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<BalanceRow>(e =>
        {
            e.ToTable("balances").HasKey(b => b.AccountId);
            e.Property(b => b.AccountId).HasColumnName("account_id").ValueGeneratedNever();
            e.Property(b => b.Balance).HasColumnName("balance");
        });
        modelBuilder.Entity<StreamRow>(e =>
        {
            e.ToTable("mt_streams").HasKey(s => s.Id);
            e.Property(s => s.Id).HasColumnName("id").ValueGeneratedNever();
            e.Property(s => s.Version).HasColumnName("version");
            e.Property(s => s.Timestamp).HasColumnName("timestamp");
        });
        modelBuilder.Entity<EventRow>(e =>
        {
            e.ToTable("mt_events").HasKey(v => v.SeqId);
            e.Property(v => v.SeqId).HasColumnName("seq_id").ValueGeneratedOnAdd().HasDefaultValueSql("nextval('mt_events_sequence')");
            e.Property(v => v.Id).HasColumnName("id");
            e.Property(v => v.StreamId).HasColumnName("stream_id");
            e.Property(v => v.Version).HasColumnName("version");
            e.Property(v => v.Type).HasColumnName("type");
            e.Property(v => v.Data).HasColumnName("data").HasColumnType("jsonb");
        });
        modelBuilder.Entity<PostedRow>(e =>
        {
            e.ToTable("posted").HasKey(p => new { p.PartnerId, p.TransactionId });
            e.Property(p => p.PartnerId).HasColumnName("partner_id");
            e.Property(p => p.TransactionId).HasColumnName("transaction_id");
            e.Property(p => p.PayloadHash).HasColumnName("payload_hash");
            e.Property(p => p.Answer).HasColumnName("answer").HasColumnType("jsonb");
        });
    }
}
