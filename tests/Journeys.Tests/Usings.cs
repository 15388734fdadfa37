global using Loyalty.Testing;
global using Shouldly;
global using Xunit;
using Loyalty.Journeys.Tests;

[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(RabbitServer))]
[assembly: AssemblyFixture(typeof(Coalition))]

// One coalition serves all journeys, and some of them break it for a while.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
