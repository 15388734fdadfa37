using System.Security.Cryptography;
using Loyalty.Customers.Domain;
using Loyalty.Customers.Storage;
using Loyalty.Kernel;

namespace Loyalty.Customers.Tests.Storage;

public sealed class ProfileSealing
{
    internal static readonly MemberId Member = new(Guid.Parse("018f0000-0000-7000-8000-000000000001"));
    internal static readonly Profile Ann = new("Ann", "Bell", "ann@example.com", "+442071838750", new DateOnly(1980, 2, 29));
    internal static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static readonly string Setting = Convert.ToBase64String(Key);

    [Fact]
    public void a_sealed_profile_opens_with_its_key() =>
        ProfileSeal.Open(ProfileSeal.Seal(Ann, Member, Key), Member, Key).ShouldBe(Ann);

    [Fact]
    public void another_key_opens_nothing() => Should.Throw<AuthenticationTagMismatchException>(
        () => ProfileSeal.Open(ProfileSeal.Seal(Ann, Member, Key), Member, [.. Key.Reverse()]));

    [Fact]
    public void a_profile_does_not_open_as_another_members() => Should.Throw<AuthenticationTagMismatchException>(
        () => ProfileSeal.Open(ProfileSeal.Seal(Ann, Member, Key), new MemberId(Guid.NewGuid()), Key));

    [Fact]
    public void a_changed_profile_does_not_open()
    {
        var seal = ProfileSeal.Seal(Ann, Member, Key);
        var bytes = Convert.FromBase64String(seal.Ciphertext);
        bytes[3] ^= 1;
        Should.Throw<AuthenticationTagMismatchException>(
            () => ProfileSeal.Open(seal with { Ciphertext = Convert.ToBase64String(bytes) }, Member, Key));
    }

    [Fact]
    public void the_same_profile_never_looks_the_same_twice() =>
        ProfileSeal.Seal(Ann, Member, Key).Ciphertext.ShouldNotBe(ProfileSeal.Seal(Ann, Member, Key).Ciphertext);

    [Fact]
    public void a_members_key_comes_back_from_under_the_master_key_only()
    {
        var master = MasterKey.From(Setting);
        var wrapped = master.Wrap(Key, Member);
        master.Unwrap(wrapped, Member).ShouldBe(Key);
        wrapped.AsSpan().IndexOf(Key).ShouldBe(-1);
        var other = MasterKey.From(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        Should.Throw<AuthenticationTagMismatchException>(() => other.Unwrap(wrapped, Member));
    }

    [Fact]
    public void a_fingerprint_knows_a_repeat_and_tells_nothing_else()
    {
        var (master, scope) = (MasterKey.From(Setting), Guid.NewGuid());
        var fingerprint = master.Fingerprint(Ann, scope, "key-1");
        master.Fingerprint(Ann with { }, scope, "key-1").ShouldBe(fingerprint);
        master.Fingerprint(Ann with { Email = null }, scope, "key-1").ShouldNotBe(fingerprint);
        master.Fingerprint(Ann, scope, "key-2").ShouldNotBe(fingerprint);
        MasterKey.From(Convert.ToBase64String([.. Key.Reverse()])).Fingerprint(Ann, scope, "key-1").ShouldNotBe(fingerprint);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("change-me")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAECAwQFBgcICQoLDA0ODw==")]
    public void what_is_no_secret_is_no_master_key(string? setting) =>
        Should.Throw<InvalidOperationException>(() => MasterKey.From(setting)).Message.ShouldContain("openssl rand -base64 32");
}
