using Muster.Loopback.Scripting;

namespace Muster.Loopback.Dialects;

/// <summary>The messages that go with a status.</summary>
internal static class ErrorWords
{
    public static string Message(StepFault fault) => fault.Message ?? fault.Status switch
    {
        400 => "The request was not valid.",
        401 => "invalid x-api-key",
        402 => "Your payment could not be taken; look at your billing settings.",
        403 => "Your key does not have permission to use this resource.",
        404 => "The requested resource could not be found.",
        413 => "Request exceeds the maximum size.",
        429 => "This request would exceed your rate limit.",
        503 => "The service is unavailable.",
        504 => "The request timed out.",
        529 => "Overloaded",
        _ => "Internal server error",
    };
}
