using Loyalty.Kernel;
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
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(Describe);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            DescribeValue(schema, context.JsonTypeInfo.Type);
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
        foreach (var (status, meaning) in Problems)
        {
            if (open && status is 401 or 403)
                continue;
            operation.Responses.TryAdd(status.ToString(System.Globalization.CultureInfo.InvariantCulture), ProblemResponse(meaning));
        }
        if (open || context.Document is null)
            return Task.CompletedTask;
        operation.Security =
        [
            new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(SecurityScheme, context.Document)] = [.. metadata.OfType<RequiredScopes>().SelectMany(s => s.AnyOf)],
            },
        ];
        return Task.CompletedTask;
    }

    private static OpenApiResponse ProblemResponse(string meaning) => new()
    {
        Description = meaning,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            [Problem.MediaType] = new()
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                    {
                        ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "urn:loyalty:problem:<code>, stable" },
                        ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
                        ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                        ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "what to do" },
                        ["errors"] = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "what is wrong, member by member" },
                    },
                },
            },
        },
    };

    // Types with a converter of their own have no shape that could be found by looking at them.
    private static void DescribeValue(OpenApiSchema schema, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(ExactNumber))
            Value(schema, JsonSchemaType.Number, format: null);
        else if (type == typeof(Points))
            Value(schema, JsonSchemaType.Integer, "int64");
        else if (type == typeof(TransactionId))
            Value(schema, JsonSchemaType.String, format: null).Pattern = "^[A-Za-z0-9._:-]{1,64}$";
        else if (type == typeof(Currency))
            Value(schema, JsonSchemaType.String, format: null).Pattern = "^[A-Z]{3}$";
        else if (type == typeof(DateTimeOffset))
            Value(schema, JsonSchemaType.String, "date-time").Description ??= "RFC 3339, with offset";
        else if (type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IGuidId<>)))
            Value(schema, JsonSchemaType.String, "uuid");
    }

    private static OpenApiSchema Value(OpenApiSchema schema, JsonSchemaType type, string? format)
    {
        schema.Type = type;
        schema.Format = format;
        schema.Properties = null;
        return schema;
    }
}
