namespace Loyalty.Benchmarks.Load;

/// <summary>One posting a till makes.</summary>
/// <param name="Number">The running number of the transaction.</param>
/// <param name="Account">The number of the account.</param>
/// <param name="Cents">What was bought; 0 for a redemption.</param>
/// <param name="Points">What is redeemed; 0 for a purchase.</param>
internal sealed record TillPosting(long Number, int Account, int Cents, int Points);

/// <summary>
/// The tills of one target: random accounts, three purchases to one redemption, and a redemption spends exactly what its account's
/// last three purchases earned, so that accounts stay as they are however long it goes on. Deterministic by its seed.
/// </summary>
internal sealed class Tills
{
    private const int LeastCents = 1000;
    private const int MostCents = 9999;

    private readonly Lock gate = new();
    private readonly bool offers;
    private readonly Random random;
    private readonly byte[] phases;
    private readonly int[] earned;
    private long running;

    /// <param name="offers">Whether the seeded offers are on.</param>
    public Tills(int accounts, int seed, bool offers)
    {
        this.offers = offers;
        random = new Random(seed);
        phases = [.. Enumerable.Range(0, accounts).Select(n => (byte)Population.FirstPhase(n))];
        earned = [.. Enumerable.Range(0, accounts).Select(Population.FirstEarned)];
    }

    public int Accounts => phases.Length;

    public TillPosting Next(double hotShare)
    {
        lock (gate)
        {
            var account = hotShare > 0 && random.NextDouble() < hotShare ? 0 : random.Next(phases.Length);
            running++;
            if (phases[account] == Population.PurchasesToARedemption)
            {
                var points = earned[account];
                (phases[account], earned[account]) = (0, 0);
                return new(running, account, 0, points);
            }

            var cents = random.Next(LeastCents, MostCents + 1);
            phases[account]++;
            earned[account] += offers ? EarnedByOffers(cents) : cents / 100;
            return new(running, account, cents, 0);
        }
    }

    // Double points, and the step of the basket; what every fifth purchase and a tier give on top is left, as is all beyond the cap of a month.
    private static int EarnedByOffers(int cents) => (2 * (cents / 100)) + (cents >= 5000 ? 40 : 5);

    public int AnyAccount()
    {
        lock (gate) return random.Next(phases.Length);
    }
}
