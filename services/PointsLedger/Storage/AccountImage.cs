using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// An account as it is kept in memory between two postings: a single piece a third as large as its JSON, which the garbage collector
/// need not look into. It is never stored, so its form may change at any time; but what <see cref="Write(BinaryWriter, Account)"/>
/// forgets is lost with the next posting, so a test compares every property.
/// </summary>
internal sealed class AccountImage
{
    // What an entry of the cache takes beside the bytes.
    private const int Overhead = 200;

    /// <summary>Ids of offers and rewards, windows, tiers.</summary>
    internal static readonly SharedWords<string> Names = new(static (to, name) => to.Write(name), static from => from.ReadString());

    /// <summary>Partners.</summary>
    internal static readonly SharedWords<Guid> Partners = new(Write, ReadGuid);

    // Each posting opens and makes one, so what they are written on and read from is used again and again.
    [ThreadStatic]
    private static Sheet? sheet;

    private readonly long version;
    private readonly byte[] bytes;

    private AccountImage(long version, byte[] bytes) => (this.version, this.bytes) = (version, bytes);

    /// <summary>How many bytes of memory it takes, about.</summary>
    public int Weight => bytes.Length + Overhead;

    public static AccountImage Of(EventStream<Account> account)
    {
        var (image, writer) = (sheet ??= new()).Empty();
        Write(writer, account.State);
        return new(account.Version, image.ToArray());
    }

    public EventStream<Account> Open(Guid id) => new(id, Read((sheet ??= new()).With(bytes), AccountId.From(id)), version);

    private static void Write(BinaryWriter to, Account account)
    {
        to.Write(account.Opened);
        to.Write(account.Closed);
        to.Write(account.Pool);
        Write(to, account.MergedInto);
        to.Write7BitEncodedInt(account.LastLot);
        to.Write7BitEncodedInt64(account.Debt.Value);
        to.Write7BitEncodedInt(account.Cards.Count);
        foreach (var (number, card) in account.Cards)
        {
            to.Write(number);
            Write(to, card.Id.Value);
            to.Write(card.Blocked);
            to.Write7BitEncodedInt64(card.Version);
            to.Write(card.Of is not null);
            if (card.Of is { } of) Write(to, of.Value);
        }

        to.Write7BitEncodedInt(account.Lots.Length);
        Provenance? before = null;
        foreach (var lot in account.Lots)
        {
            WriteAfter(to, lot.From, before);
            before = lot.From;
            to.Write7BitEncodedInt64(lot.Remaining.Value);
            to.Write7BitEncodedInt64(lot.Reserved.Value);
            to.Write(lot.Pending);
        }

        to.Write7BitEncodedInt(account.Reservations.Length);
        foreach (var reservation in account.Reservations) Write(to, reservation);
        StandingImage.Write(to, account);
    }

    private static Account Read(BinaryReader from, AccountId id)
    {
        var account = new Account(id)
        {
            Opened = from.ReadBoolean(),
            Closed = from.ReadBoolean(),
            Pool = from.ReadBoolean(),
            MergedInto = ReadMerge(from),
            LastLot = from.Read7BitEncodedInt(),
            Debt = new(from.Read7BitEncodedInt64()),
        };
        var cards = account.Cards;
        for (var left = from.Read7BitEncodedInt(); left > 0; left--)
            cards = cards.Add(from.ReadString(), ReadCard(from));
        account = account with
        {
            Cards = cards,
            Lots = ReadLots(from),
            Reservations = ReadAll(from, ReadReservation),
        };
        return StandingImage.Read(from, account);
    }

    private static Card ReadCard(BinaryReader from) => new(new(ReadGuid(from)), from.ReadBoolean(), from.Read7BitEncodedInt64())
    {
        Of = from.ReadBoolean() ? AccountId.From(ReadGuid(from)) : null,
    };

    private static void Write(BinaryWriter to, Merge? merge)
    {
        to.Write(merge?.Kind ?? "");
        if (merge is null) return;
        Write(to, merge.Id);
        Write(to, merge.Into.Value);
        Write(to, merge.At);
    }

    private static Merge? ReadMerge(BinaryReader from) =>
        from.ReadString() is { Length: > 0 } kind ? new(ReadGuid(from), kind, AccountId.From(ReadGuid(from)), ReadTime(from)!.Value) : null;

    private static void Write(BinaryWriter to, Reservation reservation)
    {
        Write(to, reservation.Redeemer.Value);
        to.Write(reservation.Id.Value);
        to.Write(reservation.Store);
        to.Write(reservation.Card);
        to.Write7BitEncodedInt(reservation.AgreementVersion);
        Write(to, reservation.ReleasesAt);
        to.Write7BitEncodedInt(reservation.Draws.Length);
        foreach (var draw in reservation.Draws)
        {
            Write(to, draw.From);
            to.Write7BitEncodedInt64(draw.Points.Value);
        }
    }

    private static Reservation ReadReservation(BinaryReader from)
    {
        var (redeemer, id, store, card) = (new PartnerId(ReadGuid(from)), TransactionId.From(from.ReadString()), from.ReadString(), from.ReadString());
        var (agreement, releasesAt) = (from.Read7BitEncodedInt(), ReadTime(from));
        return new(redeemer, id, store, card, agreement, ReadAll(from, static from => new Draw(ReadProvenance(from), new(from.Read7BitEncodedInt64()))))
        {
            ReleasesAt = releasesAt,
        };
    }

    private static ImmutableArray<Lot> ReadLots(BinaryReader from)
    {
        var all = new Lot[from.Read7BitEncodedInt()];
        for (var i = 0; i < all.Length; i++)
        {
            var origin = from.ReadBoolean()
                ? all[i - 1].From with { Lot = from.Read7BitEncodedInt(), Accrued = new(from.Read7BitEncodedInt64()), Offer = ReadOffer(from) }
                : ReadProvenance(from);
            all[i] = new(origin, new(from.Read7BitEncodedInt64()), new(from.Read7BitEncodedInt64())) { Pending = from.ReadBoolean() };
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(all);
    }

    // The lots of one purchase stand side by side, and differ in little.
    private static void WriteAfter(BinaryWriter to, Provenance origin, Provenance? before)
    {
        var asBefore = before is not null && origin == before with { Lot = origin.Lot, Accrued = origin.Accrued, Offer = origin.Offer };
        to.Write(asBefore);
        if (!asBefore)
        {
            Write(to, origin);
            return;
        }

        to.Write7BitEncodedInt(origin.Lot);
        to.Write7BitEncodedInt64(origin.Accrued.Value);
        Names.Write(to, origin.Offer ?? "");
    }

    private static string? ReadOffer(BinaryReader from) => Names.Read(from) is { Length: > 0 } offer ? offer : null;

    private static void Write(BinaryWriter to, Provenance provenance)
    {
        to.Write7BitEncodedInt(provenance.Lot);
        Partners.Write(to, provenance.Issuer.Value);
        to.Write(provenance.Purchase.Value);
        to.Write7BitEncodedInt(provenance.AgreementVersion);
        to.Write7BitEncodedInt64(provenance.Accrued.Value);
        Write(to, provenance.ExpiresAt);
        Write(to, provenance.ActivatesAt);
        to.Write7BitEncodedInt(provenance.SlidesBy);
        Names.Write(to, provenance.Offer ?? "");
        Write(to, provenance.AccruedAt);
    }

    private static Provenance ReadProvenance(BinaryReader from) => new(
        from.Read7BitEncodedInt(), new(Partners.Read(from)), TransactionId.From(from.ReadString()), from.Read7BitEncodedInt(), new(from.Read7BitEncodedInt64()),
        ReadTime(from))
    {
        ActivatesAt = ReadTime(from),
        SlidesBy = from.Read7BitEncodedInt(),
        Offer = ReadOffer(from),
        AccruedAt = ReadTime(from),
    };

    internal static void Write(BinaryWriter to, DateTimeOffset? time) => to.Write7BitEncodedInt64(time?.UtcTicks ?? 0);

    internal static DateTimeOffset? ReadTime(BinaryReader from) => from.Read7BitEncodedInt64() is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    internal static ImmutableArray<T> ReadAll<T>(BinaryReader from, Func<BinaryReader, T> read)
    {
        var all = new T[from.Read7BitEncodedInt()];
        for (var i = 0; i < all.Length; i++) all[i] = read(from);
        return ImmutableCollectionsMarshal.AsImmutableArray(all);
    }

    internal static void Write(BinaryWriter to, Guid id)
    {
        Span<byte> guid = stackalloc byte[16];
        id.TryWriteBytes(guid);
        to.Write(guid);
    }

    internal static Guid ReadGuid(BinaryReader from)
    {
        Span<byte> guid = stackalloc byte[16];
        from.ReadExactly(guid);
        return new(guid);
    }

    private sealed class Sheet
    {
        private const int Usual = 4096;
        private const int Most = 65536;

        private readonly MemoryStream stream = new(Usual);
        private readonly BinaryWriter writer;
        private readonly BinaryReader reader;

        public Sheet() => (writer, reader) = (new(stream), new(stream));

        public (MemoryStream Stream, BinaryWriter Writer) Empty()
        {
            stream.SetLength(0);
            // One account of extraordinary size shall not be remembered for ever.
            if (stream.Capacity > Most) stream.Capacity = Usual;
            return (stream, writer);
        }

        public BinaryReader With(byte[] bytes)
        {
            Empty().Stream.Write(bytes);
            stream.Position = 0;
            return reader;
        }
    }
}
