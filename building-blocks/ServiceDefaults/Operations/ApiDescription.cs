using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Loyalty.ServiceDefaults;

/// <summary>The OpenAPI 3.1 description at <c>/openapi/v1.json</c> and its pages at <c>/swagger</c>.</summary>
internal static class ApiDescription
{
    private const string SecurityScheme = "token";
    private const string ProblemSchema = "Problem";

    private static readonly (int Status, string Meaning)[] Problems =
    [
        (400, "The request can't be read."),
        (401, "There is no valid access token."),
        (403, "The token does not permit this."),
        (404, "There is nothing here, or nothing the caller may see."),
        (422, "The request was read and refused; the type says why."),
        (429, "Too many requests; Retry-After says when to go on."),
        (503, "Something this service needs is away; repeat the request unchanged."),
    ];

    public static void AddApiDescription(this IServiceCollection services, string service) => services.AddOpenApi("v1", options =>
    {
        options.CreateSchemaReferenceId = ValueSchemas.NameOf;
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Loyalty " + service;
            document.Info.Version = "v1";
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes[SecurityScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "An access token from CoalitionPartners: POST /connect/token with client credentials.",
            };
            document.AddComponent(ProblemSchema, DescribeProblem());
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(Describe);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            ValueSchemas.Describe(schema, context.JsonTypeInfo.Type);
            return Task.CompletedTask;
        });
    });

    public static void MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.UseSwaggerUI(ui =>
        {
            ui.SwaggerEndpoint("/openapi/v1.json", "v1");
            ui.RoutePrefix = "swagger";
        });
    }

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var open = metadata.OfType<IAllowAnonymous>().Any();
        operation.Responses ??= [];
        var document = context.Document!;
        foreach (var (status, meaning) in Problems)
        {
            if (open && status is 401 or 403)
                continue;
            operation.Responses.TryAdd(status.ToString(System.Globalization.CultureInfo.InvariantCulture), ProblemResponse(meaning, document));
        }
        if (metadata.OfType<TakesIdempotencyKey>().FirstOrDefault() is { } key)
            (operation.Parameters ??= []).Add(Header(key));
        if (open)
            return Task.CompletedTask;
        operation.Security =
        [
            new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(SecurityScheme, document)] = [.. metadata.OfType<RequiredScopes>().SelectMany(s => s.AnyOf)],
            },
        ];
        return Task.CompletedTask;
    }

    private static OpenApiResponse ProblemResponse(string meaning, OpenApiDocument document) => new()
    {
        Description = meaning,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            [Problem.MediaType] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, document) },
        },
    };

    private static OpenApiParameter Header(TakesIdempotencyKey key) => new()
    {
        Name = IdempotencyKey.Header,
        In = ParameterLocation.Header,
        Required = key.Required,
        Description = "The request's own id: the same when it is repeated, so that it takes effect once." + (key.Required ? "" : " An alias of transactionId."),
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = ValueSchemas.IdPattern },
    };

    private static OpenApiSchema DescribeProblem() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "What went wrong, as RFC 9457 has it.",
        Required = new HashSet<string>(StringComparer.Ordinal) { "type", "title", "status", "detail" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable: urn:loyalty:problem:<code>. Branch on it." },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A sentence that says what to do." },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "What is wrong, member by member.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
        },
    };
}
