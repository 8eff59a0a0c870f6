import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { NodeView } from "../../../contract/rack.ts";
import { useMay, usePorts, useStale } from "../../app/console.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Field } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";

type Asked = "rename" | "move" | "remove" | null;

function Rename({ view, close }: { view: NodeView; close: () => void }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const say = useToast();
  const [name, setName] = useState(view.name);
  const rename = useMutation(
    query.rack.node.rename.mutationOptions({
      onSuccess: () => {
        say(t("node.renamed"));
        close();
      },
    }),
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        rename.mutate({ nodeId: view.id, name });
      }}
    >
      <Field label={t("node.name")} value={name} maxLength={60} required onChange={(event) => setName(event.target.value)} />
      <FaultNote error={rename.error} className="mt-4" />
      <div className="mt-6 flex gap-2">
        <Button type="submit" variant="main">
          {t("ui.save")}
        </Button>
        <Button onClick={close}>{t("ui.cancel")}</Button>
      </div>
    </form>
  );
}

function Move({ view, close }: { view: NodeView; close: () => void }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const say = useToast();
  const [from, setFrom] = useState(String(view.unit?.from ?? 1));
  const [height, setHeight] = useState(String(view.unit?.height ?? 2));
  const place = useMutation(
    query.rack.node.place.mutationOptions({
      onSuccess: () => {
        say(t("node.moved"));
        close();
      },
    }),
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        place.mutate({ nodeId: view.id, from: Number(from), height: Number(height) });
      }}
    >
      <div className="grid grid-cols-2 gap-4">
        <Field label={t("node.moveFrom")} type="number" min={1} max={48} required value={from} unit="U" onChange={(event) => setFrom(event.target.value)} />
        <Field
          label={t("node.moveHeight")}
          type="number"
          min={1}
          max={12}
          required
          value={height}
          unit="U"
          onChange={(event) => setHeight(event.target.value)}
        />
      </div>
      <p className="mt-2 text-second text-fg-2">{t("node.moveHelp")}</p>
      <FaultNote error={place.error} className="mt-4" />
      <div className="mt-6 flex gap-2">
        <Button type="submit" variant="main">
          {t("ui.save")}
        </Button>
        <Button onClick={close}>{t("ui.cancel")}</Button>
      </div>
    </form>
  );
}

function Remove({ view, close }: { view: NodeView; close: () => void }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const say = useToast();
  const navigate = useNavigate();
  const remove = useMutation(
    query.rack.node.remove.mutationOptions({
      onSuccess: () => {
        say(t("node.removed", { name: view.name }));
        close();
        void navigate({ to: "/nodes" });
      },
    }),
  );
  return (
    <>
      <p className="text-fg-2">{t("node.removeBody")}</p>
      <FaultNote error={remove.error} className="mt-4" />
      <div className="mt-6 flex gap-2">
        <Button variant="main" onClick={() => remove.mutate({ nodeId: view.id })}>
          {t("node.remove")}
        </Button>
        <Button onClick={close}>{t("ui.cancel")}</Button>
      </div>
    </>
  );
}

/** What can be done to a node. Buttons that can't be pressed say why, once for all of them. */
export function NodeActions({ view, isMain }: { view: NodeView; isMain: boolean }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked>(null);
  const stale = useStale();
  const mayChange = useMay("operator", ["installer"]);
  const mayRemove = useMay("owner");
  const close = () => setAsked(null);
  const changeReason = stale ? t("ui.notYet") : mayChange ? null : t("ui.needsOperator");
  const removeReason = stale ? t("ui.notYet") : isMain ? t("node.removeMain") : mayRemove ? null : t("ui.needsOwner");
  const shared = changeReason ?? removeReason;
  return (
    <div className="flex flex-col items-end gap-1 max-full:items-start">
      <div className="flex flex-wrap gap-2">
        <Button disabledReason={changeReason} reasonId="node-acts" onClick={() => setAsked("rename")}>
          {t("node.rename")}
        </Button>
        <Button disabledReason={changeReason} reasonId="node-acts" onClick={() => setAsked("move")}>
          {t("node.move")}
        </Button>
        <Button variant="quiet" disabledReason={removeReason} reasonId="node-acts" onClick={() => setAsked("remove")}>
          {t("node.remove")}
        </Button>
      </div>
      {shared === null ? null : (
        <p id="node-acts" className="text-second text-fg-2">
          {shared}
        </p>
      )}
      <Dialog open={asked === "rename"} onClose={close} title={t("node.renameTitle", { name: view.name })}>
        <Rename view={view} close={close} />
      </Dialog>
      <Dialog open={asked === "move"} onClose={close} title={t("node.moveTitle", { name: view.name })}>
        <Move view={view} close={close} />
      </Dialog>
      <Dialog open={asked === "remove"} onClose={close} title={t("node.removeTitle", { name: view.name })}>
        <Remove view={view} close={close} />
      </Dialog>
    </div>
  );
}
