using System.CommandLine;

namespace Loyalty.Cli.Import;

/// <summary><c>import complete-journey FOLDER</c>.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Folder with transactions_sample.csv.gz, products.csv.gz and coupon_redemptions.csv.gz." };
        var json = new Option<string?>("--json") { Description = "Also write the totals to this file." };
        var concurrency = new Option<int>("--concurrency") { Description = "Requests under way at a time.", DefaultValueFactory = _ => 64 };
        var households = new Option<int?>("--households") { Description = "Import the first so many households only." };
        concurrency.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000)
                result.AddError("--concurrency is a number from 1 to 1000.");
        });
        households.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
                result.AddError("--households is a number from 1 up.");
        });

        var journey = new Command("complete-journey", "Post the purchases of the Complete Journey study as the partners' tills would; running it again changes nothing.")
        {
            folder, json, concurrency, households,
        };
        journey.SetAction((parsed, ct) => Outcome.Of(() => new ImportRun(Addresses.FromEnvironment()).Run(
            parsed.GetRequiredValue(folder), parsed.GetValue(households), parsed.GetValue(concurrency), parsed.GetValue(json), ct), ct));
        return new Command("import", "Bring real purchases into the coalition.") { journey };
    }
}
