using Loyalty.Verify;

if (args.Length == 0 || args[0] is "-h" or "--help")
{
    Console.WriteLine(
        """
        verify FILE|FOLDER...   checks, offline, what was saved of a coalition's checkpoints and proofs

        The files are told apart by what is in them; of a folder, all that end in .json are taken:
          keys          GET /.well-known/checkpoint-keys.json
          checkpoint    GET /v1/checkpoints/{size}
          inclusion     GET /v1/checkpoints/{size}/inclusion?sequence={n}
          consistency   GET /v1/checkpoints/{size}/consistency?from={size}
          statement     GET /v1/clearing/cycles/{id}/statements/{partner}, one
          postings      …/statements/{partner}/lines/{line}/postings, every page
        Exits with 0 when everything is in order, and with 1 when anything is not, or can't be checked with what is there.
        """);
    return args.Length == 0 ? 1 : 0;
}

return Verification.Of(Evidence.Read(args)).Print(Console.Out);
