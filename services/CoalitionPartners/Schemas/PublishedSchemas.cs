namespace Loyalty.CoalitionPartners.Schemas;

/// <summary>The schemas of what operators write.</summary>
internal static class PublishedSchemas
{
    public static readonly Schema Offer = Embedded("offer");

    public static readonly Schema Programme = Embedded("programme");

    private static Schema Embedded(string name)
    {
        using var stream = typeof(PublishedSchemas).Assembly.GetManifestResourceStream($"{name}.schema.json")
            ?? throw new InvalidOperationException($"The schema of the {name} is not embedded.");
        using var reader = new StreamReader(stream);
        return new(reader.ReadToEnd());
    }
}
